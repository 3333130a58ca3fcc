import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { InvalidInput } from '#libs/problems/problem.js';
import { storedDocument, type MoverRule } from '../policy/policy.exports.js';
import type { MoverRuleDefined } from './catalog.events.js';
import { Catalog } from './catalog.query.js';
import { MoverRules } from './catalog.stream.js';
import { defineIn, type DefinedDocument, type Definition } from './define-document.command.js';
import { renamingProblems } from './mover-rules.js';

export class DefineMoverRule extends Command<DefinedDocument> {
  constructor(readonly definition: Definition<MoverRule>) {
    super();
  }
}

/** It holds for moves from now on; nobody is recomputed. */
@CommandHandler(DefineMoverRule)
export class DefineMoverRuleHandler implements ICommandHandler<DefineMoverRule> {
  constructor(
    private readonly rules: MoverRules,
    private readonly catalog: Catalog,
  ) {}

  async execute({ definition }: DefineMoverRule): Promise<DefinedDocument> {
    const { id, document } = definition;
    const stored = storedDocument('mover-rule', document);
    const fact: MoverRuleDefined = { type: 'MoverRuleDefined', v: 1, data: { id, document: stored } };
    return await defineIn('mover-rule', this.rules, fact, definition, async () => {
      const problems = renamingProblems(id, document, await this.catalog.current());
      if (problems.length > 0) throw new InvalidInput(problems);
      return () => null;
    });
  }
}
