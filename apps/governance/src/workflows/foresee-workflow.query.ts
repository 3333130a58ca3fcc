import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { firstUuid, uuidv7 } from '#libs/event-store/ids.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { requireMatch } from '#libs/service-kit/input/etag.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Clock } from '#libs/system/clock.js';
import type { StepCode } from '../assignments/assignments.exports.js';
import { Catalog } from '../catalog/catalog.exports.js';
import { namedPerson, type NamedPerson } from '../names/names.exports.js';
import { FindAffectedPeople, foreseenSteps, People } from '../people/people.exports.js';
import type { CatalogSnapshot, DefinedWorkflow, Titled, Workflow, WorkflowAction } from '../policy/policy.exports.js';
import { matchedBy, plannedAtOnce } from './workflow-people.js';
import { workflowProblems } from './workflow-rules.js';

/** Whom a workflow would touch. Nothing is changed. */
export interface WorkflowDryRun {
  readonly dryRun: true;
  /** Of the workflow as it stands; 0 while there is none. */
  readonly version: number;
  /** People for whom it would begin if it happened to them now. */
  readonly matching: number;
  /** People for whom it would begin with its definition, because HR has stated their end. */
  readonly plannedNow: number;
  /** The first 500 of those who match, by their ids, each with what every step would do today. */
  readonly people: readonly ForeseenWorkflowPerson[];
  /** Those who are not in `people`. */
  readonly more: number;
}

export type ForeseenWorkflowPerson = NamedPerson & { readonly steps: readonly ForeseenWorkflowStep[] };

export interface ForeseenWorkflowStep {
  readonly offsetDays: number;
  readonly action: WorkflowAction;
  readonly package: Titled | null;
  /** Null where the date is not known yet. */
  readonly dueAt: string | null;
  /** Why it would not be done; null: it would. */
  readonly code: StepCode | null;
}

/** People of whom the answer tells. */
const maxNamed = 500;

/** What a workflow would do to whom if it were defined so. Refused as the definition would be. */
export class ForeseeWorkflow extends Query<WorkflowDryRun> {
  constructor(
    readonly definition: { readonly id: string; readonly document: Workflow; readonly ifMatch: string | undefined },
  ) {
    super();
  }
}

@QueryHandler(ForeseeWorkflow)
export class ForeseeWorkflowHandler implements IQueryHandler<ForeseeWorkflow> {
  constructor(
    private readonly catalog: Catalog,
    private readonly find: FindAffectedPeople,
    private readonly people: People,
    private readonly settings: ServiceSettings,
    private readonly clock: Clock,
  ) {}

  async execute({ definition: { id, document, ifMatch } }: ForeseeWorkflow): Promise<WorkflowDryRun> {
    const catalog = await this.catalog.current();
    const problems = workflowProblems(id, document, catalog);
    if (problems.length > 0) throw new InvalidInput(problems);
    const version = catalog.documentOf('workflow', id)?.version ?? 0;
    requireMatch(ifMatch, version);
    const [matching, plannedNow, ids] = await Promise.all([
      this.find.countAffected(matchedBy(document), catalog),
      this.find.countAffected(plannedAtOnce(document), catalog),
      this.firstMatching(document, catalog),
    ]);
    const foreseen = catalog.with({ kind: 'workflow', id, document });
    const people = await this.foreseen(ids, { id, version: version + 1, document }, foreseen);
    return { dryRun: true, version, matching, plannedNow, people, more: matching - people.length };
  }

  private async firstMatching(document: Workflow, catalog: CatalogSnapshot): Promise<readonly string[]> {
    const ids: string[] = [];
    let after: string | null = firstUuid;
    while (after !== null && ids.length < maxNamed) {
      const limit = maxNamed - ids.length;
      const found = await this.find.next(matchedBy(document), catalog, { after, limit });
      ids.push(...found.ids);
      after = found.after;
    }
    return ids;
  }

  private async foreseen(
    ids: readonly string[],
    workflow: DefinedWorkflow,
    catalog: CatalogSnapshot,
  ): Promise<ForeseenWorkflowPerson[]> {
    const { batch } = await this.people.today({ ids });
    const given = { at: this.clock.now(), epoch: 0, newId: uuidv7, zone: this.settings.HUB_TIME_ZONE };
    return ids.flatMap((id): ForeseenWorkflowPerson[] => {
      const person = batch.get(id);
      const { state } = person.identity;
      if (state.status === 'absent') return [];
      const known = { ...person, identity: { ...person.identity, state } };
      const steps = foreseenSteps(known, workflow, catalog, given).map(({ step, code, isDated }) => ({
        offsetDays: step.offsetDays,
        action: step.action,
        package: step.package === null ? null : catalog.titleOf('access-package', step.package),
        dueAt: isDated ? step.dueAt : null,
        code,
      }));
      return [{ ...namedPerson(id, state), steps }];
    });
  }
}
