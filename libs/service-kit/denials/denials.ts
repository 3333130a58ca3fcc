import { Injectable, Logger } from '@nestjs/common';
import type { Request } from 'express';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { callerOf } from '#libs/auth/current-caller.decorator.js';
import { RequestLimits } from '#libs/auth/request-limits.js';
import { DomainError } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { isUuid, uuidv7 } from '#libs/event-store/ids.js';
import type { Problem } from '#libs/problems/problem.js';
import { RateLimit } from './rate-limit.js';
import type { ActionRefused } from './refusal.events.js';

const minuteMs = 60_000;

/**
 * Records refusals: each refused token, role and decision, each conflict with the facts (409) and each request too many
 * (429) is a line in the log of the process. A known caller's refused change is also an entry of the audit log. Of many
 * refusals of one kind and caller only some are recorded, with the
 * number of the others.
 */
@Injectable()
export class Denials {
  private readonly logger = new Logger('denials');
  private readonly lines = new RateLimit(10, minuteMs);
  private readonly entries = new RateLimit(10, minuteMs);

  constructor(
    private readonly store: EventStore,
    private readonly limits: RequestLimits,
  ) {}

  /** @param error what was thrown: one that says `recorded` has a fact of its own already */
  record(request: Request, problem: Problem, error: unknown): void {
    const { status, code } = problem;
    if (!isLogged(status, error)) return;
    const caller = callerOf(request);
    const action = `${request.method} ${routeOf(request)}`;
    this.log(problem, action, caller?.actor ?? null, this.limits.addresses.of(request) || null);
    if (caller === undefined || !isEntry(request, status, error)) return;
    const unrecorded = this.entries.take(`${code} ${caller.actor}`);
    if (unrecorded !== null) void this.append(caller, { action, target: targetOf(request), status, code, unrecorded });
  }

  private log({ status, code, detail }: Problem, action: string, actor: string | null, address: string | null): void {
    const unlogged = this.lines.take(`${code} ${actor ?? address ?? ''}`);
    if (unlogged === null) return;
    this.logger.warn({
      message: isDenied(status) ? 'denied' : 'refused',
      status,
      code,
      action,
      actor,
      address,
      ...(status === 401 ? { reason: detail } : {}),
      ...(unlogged > 0 ? { unlogged } : {}),
    });
  }

  private async append(caller: Caller, refused: Omit<ActionRefused['data'], 'refused'>): Promise<void> {
    const fact: ActionRefused = {
      type: 'ActionRefused',
      v: 1,
      data: { ...refused, refused: actorId(caller.actor) },
    };
    try {
      const work = this.store.work();
      work.append(`refusal-${uuidv7()}`, 0, [fact], causationOf(caller));
      await work.commit();
    } catch (error) {
      this.logger.error(new Error('a refused action could not be recorded', { cause: error }));
    }
  }
}

/** The route as it is documented: no ids, which may name people. */
function routeOf({ route }: Request): string {
  const { path } = (route ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : 'unknown';
}

/** The object of the action, if it is an id of the hub: an employee number would name a person. */
function targetOf({ params }: Request): string | null {
  const id = params['parked'] ?? params['id'];
  return typeof id === 'string' && (isUuid(id) || /^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) ? id : null;
}

const isDenied = (status: number): boolean => status === 401 || status === 403;

const isLimited = (status: number): boolean => status === 429;

const isLogged = (status: number, error: unknown): boolean =>
  isDenied(status) || isLimited(status) || isForbiddenByFacts(status, error);

/** A change that was refused, and that no fact of its own tells of. */
const isEntry = (request: Request, status: number, error: unknown): boolean =>
  !isReading(request) && !isLimited(status) && !isRecorded(error);

const isReading = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';

/** A refusal because of the present state (the brake, something in use or already decided), not because two callers wrote at the same time. */
const isForbiddenByFacts = (status: number, error: unknown): boolean => status === 409 && error instanceof DomainError;

const isRecorded = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'recorded' in error && error.recorded === true;
