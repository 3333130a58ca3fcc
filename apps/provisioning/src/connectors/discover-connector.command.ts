import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { uuidv7 } from '#libs/event-store/ids.js';
import { AddressRefused } from '#libs/outgoing/address-guard.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { type Discovered, discover } from '../targets/targets.exports.js';
import { ConnectorNotDefined, NotDiscovered } from './connector.errors.js';
import { byPeople } from './connector-document.js';
import { ConnectorTargets } from './connector-targets.process.js';
import { Connectors } from './connectors.stream.js';

/** Finds out how the application speaks SCIM. Only with `write` a marked user and a marked group are made, and removed again. */
export class DiscoverConnector extends Command<Discovered> {
  constructor(
    readonly id: string,
    readonly write: boolean,
  ) {
    super();
  }
}

@CommandHandler(DiscoverConnector)
export class DiscoverConnectorHandler implements ICommandHandler<DiscoverConnector> {
  constructor(
    private readonly connectors: Connectors,
    private readonly targets: ConnectorTargets,
  ) {}

  async execute({ id, write }: DiscoverConnector): Promise<Discovered> {
    const { document } = (await this.connectors.load(id)).state;
    if (document === null) throw new ConnectorNotDefined(`there is no connector ${id}`, { connector: id });
    if (byPeople.has(document.protocol))
      throw new NotDiscovered('people make its changes: there is no API to ask', { connector: id });
    try {
      return await discover({ ...this.targets.spoken(id, document), mark: `identity-hub-probe-${uuidv7()}`, write });
    } catch (error) {
      if (!(error instanceof CallFailure) && !(error instanceof AddressRefused)) throw error;
      throw new NotDiscovered(`the application cannot be asked (${error.message}): test the connector first`, {
        connector: id,
      });
    }
  }
}
