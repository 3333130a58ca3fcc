import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { desiredChannel, isMappingSource } from '../accounts/accounts.exports.js';
import {
  byPeople,
  ConnectorNotDefined,
  ConnectorPaused,
  ConnectorRows,
  NotRehearsed,
} from '../connectors/connectors.exports.js';
import { rehearsedName } from './rehearsal.js';
import { RehearsalRows, type RehearsalTerms, type RehearsalView } from './rehearsals.store.js';

/** Has the worker of a connector take a test account through everything that it does with accounts. */
export class AskRehearsal extends Command<RehearsalView> {
  constructor(
    readonly connector: string,
    readonly rehearsalId: string,
    readonly terms: RehearsalTerms,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(AskRehearsal)
export class AskRehearsalHandler implements ICommandHandler<AskRehearsal> {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly rehearsals: RehearsalRows,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ connector, rehearsalId: id, terms, causation }: AskRehearsal): Promise<RehearsalView> {
    const view = await this.connectors.view(connector);
    if (view === null) throw new ConnectorNotDefined(`there is no connector ${connector}`, { connector });
    if (byPeople.has(view.protocol))
      throw new NotRehearsed('people make its changes: give one of them a task instead', { connector });
    if (view.status === 'paused')
      throw new ConnectorPaused('the connector is paused and calls nobody: resume it first', { connector });
    const unknown = Object.keys(terms.attributes).filter((name) => !isMappingSource(name));
    if (unknown.length > 0)
      throw new InvalidInput(
        unknown.map((name) => ({ pointer: `/attributes/${name}`, detail: 'is no attribute that a mapping reads' })),
      );
    const rehearsal = await this.rehearsals.ask({
      id,
      connector,
      terms,
      userName: rehearsedName(id, view.defaultDomain),
      askedBy: actorId(causation.actor),
      askedAt: this.clock.now(),
    });
    this.db.notifier.notify(desiredChannel);
    return rehearsal;
  }
}
