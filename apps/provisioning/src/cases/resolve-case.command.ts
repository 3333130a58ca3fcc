import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { NotFound } from '#libs/problems/problem.js';
import type { Causation } from '#libs/event-store/core.js';
import { ResolveParkedAccount } from '../accounts/accounts.exports.js';
import { CaseNotParked } from './cases.errors.js';
import { CaseList } from './cases.query.js';

/** Most accounts that one call decides about. */
export const mostResolved = 500;

/** What a person decides about a case, and about those that are alike. */
export class ResolveCase extends Command<{ resolved: number }> {
  constructor(
    readonly id: string,
    readonly action: ResolveParkedAccount['action'],
    /** Also about every account of the connector that is parked for the same cause. */
    readonly alike: boolean,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(ResolveCase)
export class ResolveCaseHandler implements ICommandHandler<ResolveCase> {
  constructor(
    private readonly cases: CaseList,
    private readonly commands: CommandBus,
  ) {}

  async execute({ id, action, alike, causation }: ResolveCase): Promise<{ resolved: number }> {
    const found = await this.cases.one(id);
    if (found === null) throw new NotFound('case', id);
    const identities = alike
      ? await this.cases.alike(found, mostResolved)
      : found.person === null
        ? []
        : [found.person.id];
    let resolved = 0;
    for (const identity of identities)
      resolved += await this.resolve(new ResolveParkedAccount(found.connector, identity, action, causation));
    if (resolved === 0) throw new CaseNotParked('no account of this case waits for a decision', { id });
    return { resolved };
  }

  /** Somebody else may have decided meanwhile. */
  private async resolve(command: ResolveParkedAccount): Promise<0 | 1> {
    try {
      await this.commands.execute(command);
      return 1;
    } catch (error) {
      if (error instanceof NotFound) return 0;
      throw error;
    }
  }
}
