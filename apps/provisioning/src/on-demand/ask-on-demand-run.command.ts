import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { Clock } from '#libs/system/clock.js';
import { desiredChannel } from '../accounts/accounts.exports.js';
import {
  ConnectorNotDefined,
  ConnectorObserves,
  ConnectorPaused,
  ConnectorRows,
  type TriedMapping,
  triedTerms,
} from '../connectors/connectors.exports.js';
import { type AskedRun, OnDemandRuns } from './on-demand-runs.store.js';

/** Has the worker of a connector work on one person now, with every step shown. */
export class AskOnDemandRun extends Command<void> {
  constructor(
    readonly run: Omit<AskedRun, 'terms'>,
    /** Tried in place of what the connector has; null for nothing. */
    readonly tried: TriedMapping | null,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(AskOnDemandRun)
export class AskOnDemandRunHandler implements ICommandHandler<AskOnDemandRun> {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly runs: OnDemandRuns,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ run, tried, causation }: AskOnDemandRun): Promise<void> {
    const { connector } = run;
    const view = await this.connectors.view(connector);
    if (view === null) throw new ConnectorNotDefined(`there is no connector ${connector}`, { connector });
    if (view.status === 'paused')
      throw new ConnectorPaused('the connector is paused and calls nobody: resume it first', { connector });
    if (view.mode === 'observe' && run.kind !== 'dry-run')
      throw new ConnectorObserves('the connector only observes: ask with dryRun, or release it first', { connector });
    const terms = tried === null ? {} : triedTerms(view, tried);
    await this.runs.ask({ ...run, terms }, actorId(causation.actor), this.clock.now());
    this.db.notifier.notify(desiredChannel);
  }
}
