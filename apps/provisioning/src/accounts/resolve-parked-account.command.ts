import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { Clock } from '#libs/system/clock.js';
import { NotFound } from '#libs/problems/problem.js';
import type { AttentionDismissed } from './account.events.js';
import { Accounts } from './accounts.stream.js';
import { desiredChannel } from './desired-work.store.js';
import { parkedOf, resolveParked } from './due-again.store.js';

/** A person's decision about a parked account: try it again, or leave it until its desired access changes. */
export class ResolveParkedAccount extends Command<void> {
  constructor(
    readonly connector: string,
    readonly identityId: string,
    readonly action: { readonly do: 'retry' } | { readonly do: 'dismiss'; readonly reason: string | null },
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(ResolveParkedAccount)
export class ResolveParkedAccountHandler implements ICommandHandler<ResolveParkedAccount> {
  constructor(
    private readonly accounts: Accounts,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ connector, identityId, action, causation }: ResolveParkedAccount): Promise<void> {
    const parked = await parkedOf(this.db, connector, identityId);
    if (parked === null) throw new NotFound('parked account', identityId);
    const { application, code } = parked;
    const dismissedAt = this.clock.now();
    const reason = action.do === 'dismiss' ? action.reason : null;
    const dismissed: AttentionDismissed = {
      type: 'AttentionDismissed',
      v: 1,
      data: { connector, application, identityId, code, dismissedAt },
      ...(reason === null ? {} : { personal: { reason: { subject: actorId(causation.actor), fields: { reason } } } }),
    };
    await this.accounts.transact(
      Accounts.idOf(identityId, connector),
      () => (action.do === 'dismiss' ? [dismissed] : []),
      causation,
      (work) => {
        resolveParked(work, {
          application,
          identityId,
          retry: action.do === 'retry',
          dismissedCode: action.do === 'dismiss' ? code : null,
          at: dismissedAt,
        });
        work.onCommitted(() => this.db.notifier.notify(desiredChannel));
      },
    );
  }
}
