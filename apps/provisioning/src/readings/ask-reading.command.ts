import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import { Clock } from '#libs/system/clock.js';
import { desiredChannel } from '../accounts/accounts.exports.js';
import { ConnectorNotDefined, ConnectorPaused, ConnectorRows } from '../connectors/connectors.exports.js';
import { Readings, type ReadingView } from './readings.store.js';

/** Has an application read soon, by the worker of its connector. */
export class AskReading extends Command<ReadingView> {
  constructor(
    readonly connector: string,
    readonly readingId: string,
    /** So many accounts may be missing, at most; null where nobody confirmed any. */
    readonly confirmed: number | null,
  ) {
    super();
  }
}

@CommandHandler(AskReading)
export class AskReadingHandler implements ICommandHandler<AskReading> {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly readings: Readings,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ connector, readingId: id, confirmed }: AskReading): Promise<ReadingView> {
    const view = await this.connectors.view(connector);
    if (view === null) throw new ConnectorNotDefined(`there is no connector ${connector}`, { connector });
    if (view.status === 'paused')
      throw new ConnectorPaused('the connector is paused and calls nobody: resume it first', { connector });
    const requestedAt = this.clock.now();
    const reading = await this.readings.ask({ id, connector, trigger: 'request', confirmed, requestedAt });
    this.db.notifier.notify(desiredChannel);
    return reading;
  }
}
