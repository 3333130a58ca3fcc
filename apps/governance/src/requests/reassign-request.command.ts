import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { People, type PersonBatch } from '../people/people.exports.js';
import { openDecisions, type Asked } from './access-request.js';
import { reassign } from './open-request.js';
import { AccessRequests } from './access-requests.stream.js';
import { askedOrNotFound } from './decide-on-request.command.js';
import { statusOf } from './admission.js';
import { RequestTimers } from './request-timers.process.js';

export interface Reassignment {
  /** Identity ids. */
  readonly approverIds: readonly string[];
  readonly reason: string;
}

/** Names other approvers for the open stage of a request. */
export class ReassignRequest extends Command<void> {
  constructor(
    readonly requestId: string,
    readonly to: Reassignment,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(ReassignRequest)
export class ReassignRequestHandler implements ICommandHandler<ReassignRequest> {
  constructor(
    private readonly store: EventStore,
    private readonly people: People,
    private readonly requests: AccessRequests,
    private readonly timers: RequestTimers,
    private readonly clock: Clock,
  ) {}

  execute(command: ReassignRequest): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ requestId, to, caller }: ReassignRequest): Promise<void> {
    const loaded = await this.requests.load(requestId);
    const asked = askedOrNotFound(requestId, loaded.state);
    const { beneficiaryId } = asked.request;
    const { catalog, batch } = await this.people.today({ ids: [beneficiaryId, ...to.approverIds] });
    const events = reassign({ ...to, at: this.clock.now() }, loaded.state);
    refuse(problemsOf(asked, to.approverIds, batch));

    const work = this.store.work();
    const causation = { ...causationOf(caller), correlationId: requestId, causationId: loaded.lastFactId };
    this.requests.stage(work, loaded, events, causation);
    for (const { data } of events) this.timers.open(work, requestId, data.reassignedAt, data.dueAt);
    this.people.decide(work, batch.get(beneficiaryId));
    this.people.guard(
      work,
      catalog,
      to.approverIds.map((id) => batch.get(id)),
    );
    await work.commit();
  }
}

/** The problems of these approvers: each must be able to decide, and there must be enough. */
function problemsOf(asked: Asked, approverIds: readonly string[], batch: PersonBatch): ProblemError[] {
  const { request, quorum } = asked;
  const decisions = openDecisions(asked);
  const problems = approverIds.flatMap((id, index): ProblemError[] => {
    const pointer = `/approvers/${index}`;
    if (id === request.requesterId || id === request.beneficiaryId)
      return [{ pointer, detail: 'names the requester or the beneficiary: nobody may decide on their own request' }];
    const status = statusOf(batch.get(id));
    if (status === null) return [{ pointer, detail: 'names no known identity: give the id of an identity' }];
    return status === 'inactive' ? [{ pointer, detail: 'names a person who has left: name another person' }] : [];
  });
  const missing = quorum - decisions.length;
  const able = approverIds.filter((id) => !decisions.some(({ approverId }) => approverId === id));
  if (problems.length > 0 || able.length >= missing) return problems;
  const detail = `are too few: ${missing} more approvals are needed, and ${able.length} of these people can still give one`;
  return [{ pointer: '/approvers', detail }];
}

function refuse(problems: readonly ProblemError[]): void {
  if (problems.length > 0) throw new InvalidInput(problems);
}
