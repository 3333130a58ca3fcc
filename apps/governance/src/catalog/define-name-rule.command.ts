import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { storedDocument, type NameRule } from '../policy/policy.exports.js';
import type { NameRuleDefined } from './catalog.events.js';
import { NameRuleStreams } from './catalog.stream.js';
import { defineIn, type DefinedDocument, type Definition } from './define-document.command.js';

export class DefineNameRule extends Command<DefinedDocument> {
  constructor(readonly definition: Definition<NameRule>) {
    super();
  }
}

/** It holds for names that are made from now on: nobody gets another name by it. */
@CommandHandler(DefineNameRule)
export class DefineNameRuleHandler implements ICommandHandler<DefineNameRule> {
  constructor(private readonly rules: NameRuleStreams) {}

  async execute({ definition }: DefineNameRule): Promise<DefinedDocument> {
    const { id, document } = definition;
    const stored = storedDocument('name-rule', document);
    const fact: NameRuleDefined = { type: 'NameRuleDefined', v: 1, data: { id, document: stored } };
    return await defineIn('name-rule', this.rules, fact, definition, () => () => null);
  }
}
