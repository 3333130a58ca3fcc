import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, type Caller } from '#libs/auth/caller.js';
import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { ConnectorRows, Connectors, connectorsChannel, withdrawAuthority } from '../connectors/connectors.exports.js';

/** Of these entitlements the hub takes only what it gave, from now on. */
export class WithdrawAuthority extends Command<void> {
  constructor(
    readonly connector: string,
    readonly entitlements: readonly EntitlementFields[],
    readonly reason: string,
    readonly by: Caller,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(WithdrawAuthority)
export class WithdrawAuthorityHandler implements ICommandHandler<WithdrawAuthority> {
  constructor(
    private readonly connectors: Connectors,
    private readonly rows: ConnectorRows,
    private readonly db: Database,
  ) {}

  async execute({ connector, entitlements, reason, by, causation }: WithdrawAuthority): Promise<void> {
    await this.rows.requireManager(connector, by, 'withdraws authority over what it grants');
    await this.connectors.transact(
      connector,
      (state) => withdrawAuthority(connector, entitlements, { by: actorId(causation.actor), reason }, state),
      causation,
      (work) => work.onCommitted(() => this.db.notifier.notify(connectorsChannel)),
    );
  }
}
