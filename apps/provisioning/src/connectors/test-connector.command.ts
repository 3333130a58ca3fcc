import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ConnectorDto } from './connector.dto.js';
import { ConnectorNotDefined } from './connector.errors.js';
import { ConnectorProbe, type ConnectorTest } from './connector-probe.process.js';
import { Connectors } from './connectors.stream.js';
import { StatedDocuments } from './stated-documents.process.js';

/** Tests a connector as it is stored, or as `stated`, which is checked and not stored. It changes nothing. */
export class TestConnector extends Command<ConnectorTest> {
  constructor(
    readonly id: string,
    readonly stated: ConnectorDto | null,
  ) {
    super();
  }
}

@CommandHandler(TestConnector)
export class TestConnectorHandler implements ICommandHandler<TestConnector> {
  constructor(
    private readonly connectors: Connectors,
    private readonly probe: ConnectorProbe,
    private readonly documents: StatedDocuments,
  ) {}

  async execute({ id, stated }: TestConnector): Promise<ConnectorTest> {
    const { document } = (await this.connectors.load(id)).state;
    if (stated !== null) return await this.probe.test(id, this.documents.of(id, stated, document));
    if (document === null) throw new ConnectorNotDefined(`there is no connector ${id}`, { connector: id });
    return await this.probe.test(id, document);
  }
}
