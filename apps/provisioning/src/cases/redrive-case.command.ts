import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { plainToInstance } from 'class-transformer';
import type { Causation } from '#libs/event-store/core.js';
import { NotFound } from '#libs/problems/problem.js';
import { etagOf } from '#libs/service-kit/input/etag.js';
import { ConnectorDto, ConnectorRows, DefineConnector, type TriedMapping } from '../connectors/connectors.exports.js';
import { CaseNotParked } from './cases.errors.js';
import { CaseList } from './cases.query.js';
import { NoteCase } from './note-case.command.js';
import { ResolveCase } from './resolve-case.command.js';

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
    const identities = await this.cases.alike(found, 1);
    if (identities.length === 0) throw new CaseNotParked('no account of this case waits for a decision', { id });
    const { connector } = found;
    const view = await this.connectors.view(connector);
    if (view === null) throw new NotFound('connector', connector);
    await this.commands.execute(new NoteCase(id, { comment: how.reason }, causation));
    const stated = plainToInstance(ConnectorDto, { ...view, ...change });
    // What somebody else changed meanwhile is not taken back.
    const ifMatch = etagOf(view.version);
    await this.commands.execute(new DefineConnector(connector, stated, ifMatch, how.confirmed, causation));
    return await this.commands.execute(new ResolveCase(id, { do: 'retry' }, how.alike, causation));
  }
}
