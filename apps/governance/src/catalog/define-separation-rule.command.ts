import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { InvalidInput } from '#libs/problems/problem.js';
import { affectedBySeparation, RecomputeAccess } from '../people/people.exports.js';
import { storedDocument, type SeparationRule } from '../policy/policy.exports.js';
import type { SeparationRuleDefined } from './catalog.events.js';
import { Catalog } from './catalog.query.js';
import { SeparationRules } from './catalog.stream.js';
import { defineIn, type DefinedDocument, type Definition } from './define-document.command.js';
import { separationProblems } from './separation-rules.js';

export class DefineSeparationRule extends Command<DefinedDocument> {
  constructor(readonly definition: Definition<SeparationRule>) {
    super();
  }
}

/** Those who have something that the rule names, or are given it, are recomputed: what violates it becomes a finding. */
@CommandHandler(DefineSeparationRule)
export class DefineSeparationRuleHandler implements ICommandHandler<DefineSeparationRule> {
  constructor(
    private readonly rules: SeparationRules,
    private readonly catalog: Catalog,
    private readonly recompute: RecomputeAccess,
  ) {}

  async execute({ definition }: DefineSeparationRule): Promise<DefinedDocument> {
    const { id, document } = definition;
    const stored = storedDocument('separation-rule', document);
    const fact: SeparationRuleDefined = { type: 'SeparationRuleDefined', v: 1, data: { id, document: stored } };
    return await defineIn('separation-rule', this.rules, fact, definition, async ({ document: former }) => {
      const catalog = await this.catalog.current();
      const problems = separationProblems(document, catalog);
      if (problems.length > 0) throw new InvalidInput(problems);
      const affected = affectedBySeparation(former, document, catalog);
      return (work, recorded) => {
        const change = { kind: 'separation-rule' as const, id, version: recorded.version };
        this.recompute.stage(work, recorded, change, affected);
        return recorded.id;
      };
    });
  }
}
