import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causeOf, type Caller } from '#libs/auth/caller.js';
import { Clock } from '#libs/service-kit/clock.js';
import { Timers } from '#libs/service-kit/timers.js';
import { CallerWithoutIdentity } from './access-request.errors.js';
import { withdraw } from './access-request.js';
import { AccessRequests } from './access-requests.stream.js';
import { askedOrNotFound } from './decide-on-request.command.js';
import { requestTimeout } from './time-out.command.js';

/** Withdraws a request that is still open. */
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
    private readonly requests: AccessRequests,
    private readonly timers: Timers,
    private readonly clock: Clock,
  ) {}

  async execute({ requestId, caller }: CancelRequest): Promise<void> {
    const identityId = caller.identity;
    if (identityId === null) throw new CallerWithoutIdentity('only people the hub knows can ask, and withdraw', {});
    const at = this.clock.now();
    await this.requests.transact(
      requestId,
      (state) => {
        askedOrNotFound(requestId, state);
        return withdraw({ identityId, at }, state);
      },
      { ...causeOf(caller), correlationId: requestId },
      (work) => this.timers.cancel(work, requestTimeout, requestId),
    );
  }
}
