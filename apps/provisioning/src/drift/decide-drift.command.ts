import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, type Caller } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { Accounts, desiredChannel, leaveDisabled, makeDue } from '../accounts/accounts.exports.js';
import { ConnectorRows } from '../connectors/connectors.exports.js';
import { decided } from './drift-facts.js';
import { DriftNotOpen } from './drift.errors.js';
import { DriftRows } from './drift.query.js';
import { DriftStore } from './drift.store.js';

/** A person says what becomes of a difference between an account and what the hub wrote. */
export class DecideDrift extends Command<void> {
  constructor(
    readonly connector: string,
    readonly id: string,
    readonly stated: { readonly decision: 'revert' | 'adopt'; readonly reason: string },
    readonly by: Caller,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(DecideDrift)
export class DecideDriftHandler implements ICommandHandler<DecideDrift> {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly accounts: Accounts,
    private readonly rows: DriftRows,
    private readonly store: DriftStore,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ connector, id, stated, by, causation }: DecideDrift): Promise<void> {
    const { decision, reason } = stated;
    await this.connectors.requireManager(connector, by, 'decides about a difference');
    if ((await this.rows.view(connector, id)) === null) throw new NotFound('difference', id);
    const open = await this.rows.undecided(connector, id);
    if (open === null)
      throw new DriftNotOpen('the difference was decided before, or is over: list those that are open', { id });
    const at = this.clock.now();
    const actor = actorId(causation.actor);
    const { identityId, application } = open;
    await this.accounts.transact(
      Accounts.idOf(identityId, connector),
      () => [decided(connector, open, { decision, actor, reason, at })],
      causation,
      (work) => {
        this.store.decide(work, id, { decision, actor, at });
        if (decision === 'revert') makeDue(work, [{ application, identityId }], at);
        else if (open.code === 'inactive') leaveDisabled(work, { application, identityId });
        work.onCommitted(() => this.db.notifier.notify(desiredChannel));
      },
    );
  }
}
