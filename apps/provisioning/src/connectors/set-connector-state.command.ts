import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { pause, release, resume } from './connector.js';
import { Connectors } from './connectors.stream.js';
import { connectorsChannel } from './connectors-channel.js';
import { ConnectorRows } from './connectors.query.js';

/** Releases a connector from observe to enforce, pauses it, or resumes it. */
export class SetConnectorState extends Command<void> {
  constructor(
    readonly id: string,
    readonly action: 'release' | 'pause' | 'resume',
    readonly by: Caller,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(SetConnectorState)
export class SetConnectorStateHandler implements ICommandHandler<SetConnectorState> {
  constructor(
    private readonly connectors: Connectors,
    private readonly rows: ConnectorRows,
    private readonly db: Database,
  ) {}

  async execute({ id, action, by, causation }: SetConnectorState): Promise<void> {
    const owners = action === 'release' ? await this.rows.ownersOf(id) : [];
    const isAdmin = by.roles.includes('connector-admin');
    await this.connectors.transact(
      id,
      (state) => {
        if (action === 'release') return release(id, { identity: by.identity, isAdmin, owners }, state);
        return action === 'pause' ? pause(id, state) : resume(id, state);
      },
      causation,
      (work) => work.onCommitted(() => this.db.notifier.notify(connectorsChannel)),
    );
  }
}
