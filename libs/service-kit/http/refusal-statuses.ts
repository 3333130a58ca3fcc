import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { refusesKey, type Refusals } from '../openapi/answers.decorator.js';
import { handlersOf } from '../openapi/handlers.js';

/** The HTTP status of each refusal, from what the routes of a service name with `@Refuses`; 409 for a code that none names. */
@Injectable()
export class RefusalStatuses implements OnModuleInit {
  private statuses: ReadonlyMap<string, number> = new Map();

  constructor(private readonly modules: ModulesContainer) {}

  /** @throws Error where two routes give one code two statuses */
  onModuleInit(): void {
    const refusals = handlersOf(this.modules).flatMap(({ method }): Refusals[] => {
      const own = Reflect.getMetadata(refusesKey, method) as Refusals | undefined;
      return own === undefined ? [] : [own];
    });
    this.statuses = statusByCode(refusals);
  }

  readonly of = (code: string): number => this.statuses.get(code) ?? conflict;
}

const conflict = 409;

/** @throws Error for a code with two statuses */
export function statusByCode(refusals: readonly Refusals[]): ReadonlyMap<string, number> {
  const statuses = new Map<string, number>();
  for (const [status, codes] of refusals.flatMap((one) => Object.entries(one)))
    for (const code of codes) {
      const known = statuses.get(code) ?? Number(status);
      if (known !== Number(status)) throw new Error(`problem ${code} has status ${known} and ${status}`);
      statuses.set(code, known);
    }
  return statuses;
}
