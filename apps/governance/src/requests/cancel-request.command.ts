import { Command, CommandHandler, QueryBus, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { People } from '../people/people.exports.js';
import { CallerWithoutIdentity } from './access-request.errors.js';
import type { RequestCancelled, RequestTerms } from './access-request.events.js';
import type { AccessRequest } from './access-request.js';
import { cancelByAdministrator, withdraw } from './open-request.js';
import { AccessRequests } from './access-requests.stream.js';
import { askedOrNotFound } from './decide-on-request.command.js';
import { RequestTimers } from './request-timers.process.js';
import { GetRequest } from './requests.query.js';

/** Withdraws an open request. A policy administrator may cancel any request. */
export class CancelRequest extends Command<void> {
  constructor(
    readonly requestId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(CancelRequest)
export class CancelRequestHandler implements ICommandHandler<CancelRequest> {
  constructor(
    private readonly store: EventStore,
    private readonly people: People,
    private readonly requests: AccessRequests,
    private readonly timers: RequestTimers,
    private readonly clock: Clock,
    private readonly queries: QueryBus,
  ) {}

  execute(command: CancelRequest): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ requestId, caller }: CancelRequest): Promise<void> {
    if (caller.identity === null && !caller.roles.includes('policy-admin'))
      throw new CallerWithoutIdentity('only a caller with an identity can request and withdraw', {});
    const loaded = await this.requests.load(requestId);
    const { request } = askedOrNotFound(requestId, loaded.state);
    // A caller who may not see the request learns nothing of it: NotFound.
    await this.queries.execute(new GetRequest(requestId, caller));
    const { beneficiaryId } = request;
    const { batch } = await this.people.today({ ids: [beneficiaryId] });
    const events = cancellationBy(caller, this.clock.now(), request, loaded.state);
    const work = this.store.work();
    const causation = { ...causationOf(caller), correlationId: requestId, causationId: loaded.lastFactId };
    this.requests.stage(work, loaded, events, causation);
    this.people.decide(work, batch.get(beneficiaryId));
    this.timers.close(work, requestId);
    await work.commit();
  }
}

function cancellationBy(
  { identity, roles }: Caller,
  at: string,
  { requesterId, beneficiaryId }: RequestTerms,
  state: AccessRequest,
): RequestCancelled[] {
  const own = identity === requesterId || identity === beneficiaryId;
  if (!own && roles.includes('policy-admin')) return cancelByAdministrator(at, state);
  return withdraw({ identityId: identity ?? '', at }, state);
}
