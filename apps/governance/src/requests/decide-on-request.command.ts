import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import { NotFound } from '#libs/problems/problem.js';
import { People, Recomputation } from '../people/people.exports.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { CallerWithoutIdentity } from './access-request.errors.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { approversNow, exceptersOf, nextOpening } from './admission.js';
import { reportsToOneOf } from './approvers.js';
import { changesFor, completionOf } from './completion.js';
import { decide, notApprover, requireApprover } from './decide.js';
import { periodProblems, refusePeriod } from './period.js';
import { LoadDeciders } from './deciders.query.js';
import type { AccessRequest, Asked } from './access-request.js';
import { AccessRequests } from './access-requests.stream.js';
import { RequestTimers } from './request-timers.process.js';
import { ShownToApprovers } from './shown-to-approvers.query.js';

/** One approver's decision about a request. */
export class DecideOnRequest extends Command<void> {
  constructor(
    readonly requestId: string,
    readonly word: {
      readonly decision: 'approve' | 'deny';
      readonly comment: string | null;
      /** Another end of the access; null: as it is. */
      readonly endsAt: string | null;
    },
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(DecideOnRequest)
export class DecideOnRequestHandler implements ICommandHandler<DecideOnRequest> {
  constructor(
    private readonly store: EventStore,
    private readonly people: People,
    private readonly requests: AccessRequests,
    private readonly recomputation: Recomputation,
    private readonly deciders: LoadDeciders,
    private readonly shown: ShownToApprovers,
    private readonly timers: RequestTimers,
    private readonly clock: Clock,
  ) {}

  execute(command: DecideOnRequest): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ requestId, word: { decision, comment, endsAt }, caller }: DecideOnRequest): Promise<void> {
    const approverId = caller.identity;
    if (approverId === null) throw new CallerWithoutIdentity('only a caller with an identity can decide', {});
    const loaded = await this.requests.load(requestId);
    const asked = askedOr(() => unknownTo(caller, requestId), loaded.state);
    const at = this.clock.now();
    const { catalog, batch } = await this.people.today({ ids: [asked.request.beneficiaryId, approverId] });
    const beneficiary = batch.get(asked.request.beneficiaryId);
    const { stages, applications } = asked;
    const needed = { beneficiary, stages, applications, others: [approverId, ...(asked.approverIds ?? [])] };
    const [people, shown] = await Promise.all([
      this.deciders.for([needed], catalog, at),
      this.shown.of(asked.request, beneficiary, catalog),
    ]);
    const around = { catalog, people };
    const named = approversNow(asked, beneficiary, around);
    if (people.statusOf(approverId) === 'inactive') named.delete(approverId);
    const statement = {
      approverId,
      decision,
      comment,
      endsAt,
      at,
      named,
      delegators: people.delegatorsOf(approverId),
      excepted: exceptersOf(asked.request.packageId, beneficiary, catalog).has(approverId),
      superiors: reportsToOneOf(approverId, [asked.request.beneficiaryId, asked.request.requesterId], people),
      shown,
    };
    requireApprover(statement, asked);
    const standing = standingAs(asked, endsAt, catalog, at);
    const opening = nextOpening(asked, approverId, beneficiary, around);
    const completion = completionOf(standing, beneficiary, catalog, { assignmentId: uuidv7(), at });
    const events = decide(statement, { opening, completion }, loaded.state);

    const work = this.store.work();
    const causation = { ...causationOf(caller), correlationId: requestId, causationId: loaded.lastFactId };
    const { state, facts } = this.requests.stage(work, loaded, events, causation);
    this.people.decide(work, beneficiary);
    this.timers.after(work, requestId, asked, state, at);
    if (state.status === 'approved') {
      const approvers = state.decisions.map((one) => one.approverId);
      const changes = changesFor(standing, beneficiary, { assignmentId: state.assignmentId, approvers, at });
      const because = { ...causation, causationId: facts.at(-1)?.id ?? null };
      this.recomputation.stage(work, beneficiary, { catalog, causation: because, at, asked: changes });
    }
    const next = state.status === 'pending' ? (state.approverIds ?? []) : [];
    this.people.guard(work, catalog, [batch.get(approverId), ...next.flatMap((id) => people.readAs(id))]);
    await work.commit();
  }
}

/** The request with the end that an approver wants. @throws InvalidInput for an end that cannot be */
function standingAs(asked: Asked, endsAt: string | null, catalog: CatalogSnapshot, at: string): Asked {
  if (endsAt === null) return asked;
  refusePeriod(periodProblems({ ...asked, endsAt }, catalog, at));
  return { ...asked, endsAt };
}

/** @throws NotFound for a request that was never made */
export const askedOrNotFound = (requestId: string, state: AccessRequest): Asked =>
  askedOr(() => new NotFound('access request', requestId), state);

function askedOr(refusal: () => Error, state: AccessRequest): Asked {
  if ('decisions' in state) return state;
  throw refusal();
}

/** Nobody learns by deciding which requests there are: one that was never made looks like that of strangers. */
const unknownTo = ({ roles }: Caller, requestId: string): Error =>
  roles.includes('policy-admin') ? new NotFound('access request', requestId) : notApprover(requestId);
