import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { InvalidInput } from '#libs/problems/problem.js';
import {
  Catalog,
  type DefinedDocument,
  defineIn,
  type Definition,
  type WorkflowDefined,
  WorkflowStreams,
} from '../catalog/catalog.exports.js';
import { RecomputeAccess } from '../people/people.exports.js';
import { storedDocument, type Workflow } from '../policy/policy.exports.js';
import { plannedAtOnce } from './workflow-people.js';
import { workflowProblems } from './workflow-rules.js';

export class DefineWorkflow extends Command<DefinedDocument> {
  constructor(readonly definition: Definition<Workflow>) {
    super();
  }
}

/** It begins for people from now on, and for those whose end is known already. Steps that are planned stay as they are. */
@CommandHandler(DefineWorkflow)
export class DefineWorkflowHandler implements ICommandHandler<DefineWorkflow> {
  constructor(
    private readonly workflows: WorkflowStreams,
    private readonly catalog: Catalog,
    private readonly recompute: RecomputeAccess,
  ) {}

  async execute({ definition }: DefineWorkflow): Promise<DefinedDocument> {
    const { id, document } = definition;
    const stored = storedDocument('workflow', document);
    const fact: WorkflowDefined = { type: 'WorkflowDefined', v: 1, data: { id, document: stored } };
    return await defineIn('workflow', this.workflows, fact, definition, async () => {
      const problems = workflowProblems(id, document, await this.catalog.current());
      if (problems.length > 0) throw new InvalidInput(problems);
      return (work, defined) => {
        const affected = plannedAtOnce(document);
        if (affected.who === 'nobody') return null;
        this.recompute.stage(work, defined, { kind: 'workflow', id, version: defined.version }, affected);
        return defined.id;
      };
    });
  }
}
