import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { plainToInstance } from 'class-transformer';
import type { Causation } from '#libs/event-store/core.js';
import { NotFound } from '#libs/problems/problem.js';
import { etagOf } from '#libs/service-kit/input/etag.js';
import { ResolveParkedAccount } from '../accounts/accounts.exports.js';
import {
  ConnectorDto,
  ConnectorRows,
  DefineConnector,
  type TriedMapping,
  triedTerms,
} from '../connectors/connectors.exports.js';
import { CaseNotParked } from './cases.errors.js';
import { CaseList } from './cases.query.js';
import { NoteCase } from './note-case.command.js';
import { mostResolved } from './resolve-case.command.js';

/** Corrects the mapping that led to a case, and tries its account again. */
export class RedriveCase extends Command<{ resolved: number }> {
  constructor(
    readonly id: string,
    /** What changes in the document of the connector. */
    readonly change: TriedMapping,
    readonly how: { readonly alike: boolean; readonly confirmed: number | null; readonly reason: string },
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(RedriveCase)
export class RedriveCaseHandler implements ICommandHandler<RedriveCase> {
  constructor(
    private readonly cases: CaseList,
    private readonly connectors: ConnectorRows,
    private readonly commands: CommandBus,
  ) {}

  async execute({ id, change, how, causation }: RedriveCase): Promise<{ resolved: number }> {
    const found = await this.cases.one(id);
    if (found === null) throw new NotFound('case', id);
    const { connector } = found;
    const parked = await this.cases.alike(
      found,
      how.alike ? mostResolved : 1,
      how.alike ? null : (found.person?.id ?? null),
    );
    if (parked.length === 0) throw new CaseNotParked('no account of this case waits for a decision', { id });
    const view = await this.connectors.view(connector);
    if (view === null) throw new NotFound('connector', connector);
    triedTerms(view, change);
    await this.commands.execute(new NoteCase(id, { comment: how.reason }, causation));
    const changed = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const stated = plainToInstance(ConnectorDto, { ...view, ...changed });
    // What somebody else changed meanwhile is not taken back.
    const ifMatch = etagOf(view.version);
    await this.commands.execute(new DefineConnector(connector, stated, ifMatch, how.confirmed, causation));
    for (const identity of parked)
      await this.retry(new ResolveParkedAccount(connector, identity, { do: 'retry' }, causation));
    return { resolved: parked.length };
  }

  /** The worker may have found the new document before: then it is due again already. */
  private async retry(command: ResolveParkedAccount): Promise<void> {
    try {
      await this.commands.execute(command);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }
}
