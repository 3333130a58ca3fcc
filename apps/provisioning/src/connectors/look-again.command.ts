import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { Clock } from '#libs/system/clock.js';
import { desiredChannel } from '../accounts/accounts.exports.js';
import { stageLookingAgain } from '../places/places.exports.js';
import { lookAgain } from './connector.js';
import { Connectors } from './connectors.stream.js';

/** A person doubts that some accounts are gone: each of them is looked up again. */
export class LookAgain extends Command<void> {
  constructor(
    readonly id: string,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(LookAgain)
export class LookAgainHandler implements ICommandHandler<LookAgain> {
  constructor(
    private readonly connectors: Connectors,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ id, causation }: LookAgain): Promise<void> {
    await this.connectors.transact(
      id,
      (state) => lookAgain(id, state),
      causation,
      (work) => {
        stageLookingAgain(work, id, this.clock.now());
        work.onCommitted(() => this.db.notifier.notify(desiredChannel));
      },
    );
  }
}
