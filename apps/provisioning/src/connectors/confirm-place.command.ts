import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { Clock } from '#libs/system/clock.js';
import { placeOf, stageConfirmation } from '../places/places.exports.js';
import { confirmPlace } from './connector.js';
import { Connectors } from './connectors.stream.js';
import { connectorsChannel } from './connectors-channel.js';

/** A person confirms the connector's address, although no known account was found there. */
export class ConfirmPlace extends Command<void> {
  constructor(
    readonly id: string,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(ConfirmPlace)
export class ConfirmPlaceHandler implements ICommandHandler<ConfirmPlace> {
  constructor(
    private readonly connectors: Connectors,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ id, causation }: ConfirmPlace): Promise<void> {
    let place = '';
    await this.connectors.transact(
      id,
      (state) => {
        const facts = confirmPlace(id, state);
        if (state.document !== null) place = placeOf(state.document);
        return facts;
      },
      causation,
      (work) => {
        stageConfirmation(work, id, place, this.clock.now());
        work.onCommitted(() => this.db.notifier.notify(connectorsChannel));
      },
    );
  }
}
