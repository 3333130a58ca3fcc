import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { uuidv7 } from '#libs/event-store/ids.js';
import { AddressRefused } from '#libs/scim/client/address-guard.js';
import { ScimFailure } from '#libs/scim/client/failure.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import { ConnectorNotDefined } from './connector.errors.js';
import { ConnectorClients } from './connector-clients.js';
import { Connectors } from './connectors.stream.js';

export interface ConnectorTest {
  readonly ok: boolean;
  /** `ok`, or the stable code of the failure. */
  readonly code: string;
  /** HTTP status of the application's answer; null when none came. */
  readonly status: number | null;
}

/** Asks the application for an account nobody has: reads only. */
export class TestConnector extends Command<ConnectorTest> {
  constructor(readonly id: string) {
    super();
  }
}

@CommandHandler(TestConnector)
export class TestConnectorHandler implements ICommandHandler<TestConnector> {
  constructor(
    private readonly connectors: Connectors,
    private readonly clients: ConnectorClients,
  ) {}

  async execute({ id }: TestConnector): Promise<ConnectorTest> {
    const { document } = (await this.connectors.load(id)).state;
    if (document === null) throw new ConnectorNotDefined(`there is no connector ${id}`, { connector: id });
    let client: ScimClient | undefined;
    try {
      client = this.clients.make(id, document);
      const found = await client.findUsers('userName', uuidv7());
      // It shows accounts that were not asked for: no look-up of it can be relied on.
      if (found.length > 0) return { ok: false, code: 'look-up-unreliable', status: 200 };
      return { ok: true, code: 'ok', status: 200 };
    } catch (error) {
      if (error instanceof ScimFailure) return { ok: false, code: error.terms.code, status: error.terms.status };
      if (error instanceof AddressRefused) return { ok: false, code: 'address-refused', status: null };
      return { ok: false, code: 'secret-missing', status: null };
    } finally {
      await client?.destroy();
    }
  }
}
