import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { Clock } from '#libs/system/clock.js';
import { NotFound } from '#libs/problems/problem.js';
import type { AttentionDismissed } from './account.events.js';
import { Accounts } from './accounts.stream.js';
import { desiredChannel } from './desired-rows.js';

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
    const [parked] = await this.db.query<{ application: string; parked_code: string }>(
      `select d.application, d.parked_code from desired d join application p on p.id = d.application
       where p.connector_id = $1 and d.identity_id = $2 and d.parked_code is not null`,
      [connector, identityId],
    );
    if (parked === undefined) throw new NotFound('parked account', identityId);
    const { application, parked_code: code } = parked;
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
        work.run(
          `update desired set parked_code = null, parked_detail = null, parked_at = null, attempts = 0, dirty = $3, next_attempt_at = $4::timestamptz,
             dismissed_code = $5
           where application = $1 and identity_id = $2`,
          [application, identityId, action.do === 'retry', dismissedAt, action.do === 'dismiss' ? code : null],
        );
        work.onCommitted(() => this.db.notifier.notify(desiredChannel));
      },
    );
  }
}
