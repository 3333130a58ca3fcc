import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { StartBulk } from '../bulk/bulk.exports.js';
import { DefineAccessPackage, DefineBirthrightRule } from '../catalog/catalog.exports.js';
import type { ProposedDocuments } from './proposed-documents.js';
import { SuggestedAccess } from './suggested.query.js';
import { SuggestionGivesAccess } from './suggestion.errors.js';
import type { TakenUp } from './suggestion-views.js';

/** Defines what a suggestion proposes, and lets it take the place of what was found. */
export class TakeUpSuggestion extends Command<TakenUp> {
  constructor(
    readonly application: string,
    readonly id: string,
    readonly terms: { readonly reason: string; readonly confirm: number | null },
    readonly bulkId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(TakeUpSuggestion)
export class TakeUpSuggestionHandler implements ICommandHandler<TakeUpSuggestion> {
  constructor(
    private readonly access: SuggestedAccess,
    private readonly commands: CommandBus,
  ) {}

  /**
   * After a crash on the way it is suggested still, and taking it up again goes on with the same documents.
   * @throws NotFound, SuggestionGivesAccess, and what the definitions refuse
   */
  async execute({ application, id, terms, bulkId, caller }: TakeUpSuggestion): Promise<TakenUp> {
    const { catalog, suggested } = await this.access.one(application, id);
    const { documents, change } = await this.access.foresee(suggested, catalog);
    const gains = change?.gains ?? 0;
    if (gains > (terms.confirm ?? 0)) throw new SuggestionGivesAccess(id, gains);
    const holders = await this.access.holders(suggested);
    const job = await this.define(documents, terms.reason, caller);
    const { packageId, rule } = documents;
    const bulkChangeId = holders.length === 0 ? null : bulkId;
    if (bulkChangeId !== null) {
      const rows = holders.map((identityId, index) => rowOf(identityId, packageId, index + 1));
      const bulk = { action: 'replace', reason: terms.reason, endsAt: null } as const;
      await this.commands.execute(new StartBulk(bulkChangeId, bulk, rows, caller, 'running'));
    }
    return { packageId, ruleId: rule?.id ?? null, job, bulkChangeId };
  }

  /** The job by which the rule applies; null where there is none. */
  private async define(
    { packageId, accessPackage, rule }: ProposedDocuments,
    reason: string,
    caller: Caller,
  ): Promise<string | null> {
    const confirmation = { confirm: null, reason };
    const definition = { ifMatch: undefined, confirmation, causation: causationOf(caller) };
    if (accessPackage !== null)
      await this.commands.execute(new DefineAccessPackage({ ...definition, id: packageId, document: accessPackage }));
    if (rule === null) return null;
    return (await this.commands.execute(new DefineBirthrightRule({ ...definition, ...rule }))).job;
  }
}

const rowOf = (identityId: string, packageId: string, line: number) => ({
  line,
  identityId,
  employeeId: null,
  packageId,
  endsAt: null,
  problem: null,
});
