import { Injectable } from '@nestjs/common';
import type { Cause } from './cause.js';
import { Causes } from './causes.query.js';
import { People, type Person } from './people.query.js';

/** A cause with the people in it named. */
export type Why = Omit<Cause, 'by'> & {
  readonly by:
    | { readonly type: 'birthright'; readonly rule: string }
    | {
        readonly type: 'request';
        readonly request: string;
        readonly requester: Person | null;
        readonly submittedAt: string | null;
        readonly justification: string | null;
        readonly approvals: readonly {
          readonly approver: Person;
          readonly decision: 'approve' | 'deny';
          readonly at: string;
          readonly comment: string | null;
          readonly entry: number;
        }[];
      };
};

export interface Explained {
  readonly person: (id: string) => Person;
  /** Of these assignments, those the log knew. */
  readonly why: (assignments: readonly string[]) => Why[];
}

/** Names and causes for a page of answers, in a constant number of statements. */
@Injectable()
export class Explanations {
  constructor(
    private readonly causes: Causes,
    private readonly people: People,
  ) {}

  async of(about: {
    identities: readonly string[];
    assignments: readonly string[];
    knownAt: string;
  }): Promise<Explained> {
    const causes = await this.causes.of(about.assignments, about.knownAt);
    const person = await this.people.named(
      [...about.identities, ...[...causes.values()].flatMap(peopleIn)],
      about.knownAt,
    );
    const why = new Map([...causes].map(([id, cause]) => [id, named(cause, person)]));
    return { person, why: (assignments) => assignments.flatMap((id) => why.get(id) ?? []) };
  }
}

function peopleIn({ by }: Cause): string[] {
  if (by.type === 'birthright') return [];
  return [...(by.requester === null ? [] : [by.requester]), ...by.approvals.map(({ approver }) => approver)];
}

function named(cause: Cause, person: (id: string) => Person): Why {
  const { by } = cause;
  if (by.type === 'birthright') return { ...cause, by };
  const requester = by.requester === null ? null : person(by.requester);
  const approvals = by.approvals.map((approval) => ({ ...approval, approver: person(approval.approver) }));
  return { ...cause, by: { ...by, requester, approvals } };
}
