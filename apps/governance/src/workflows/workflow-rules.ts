import type { ProblemError } from '#libs/problems/problem.js';
import type { Filter } from '#libs/scim/filter/filter.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import {
  type CatalogSnapshot,
  isLive,
  type Workflow,
  type WorkflowAction,
  type WorkflowStep,
  type WorkflowTrigger,
  workflowTriggers,
} from '../policy/policy.exports.js';

/** What is wrong with a workflow, by itself and beside the packages and workflows that are there. */
export function workflowProblems(id: string, document: Workflow, catalog: CatalogSnapshot): ProblemError[] {
  const problems = document.steps.flatMap((step, index) => [
    ...offsetProblems(document, step, `/steps/${index}`),
    ...packageProblems(step, `/steps/${index}`, catalog),
  ]);
  return problems.length > 0 ? problems : contradictions(id, document, catalog);
}

function offsetProblems({ trigger }: Workflow, step: WorkflowStep, at: string): ProblemError[] {
  const { offsetDays, action } = step;
  const pointer = `${at}/offsetDays`;
  if (!triggersOf[action].includes(trigger))
    return [
      { pointer: `${at}/action`, detail: `is not for a ${trigger}: it is for a ${triggersOf[action].join(' or a ')}` },
    ];
  if (trigger === 'joiner' && offsetDays < 0)
    return [{ pointer, detail: 'is before the first day, when nobody has access yet: give 0 or more' }];
  if (trigger === 'mover' && offsetDays < 0)
    return [{ pointer, detail: 'is before the move, which nobody knows before: give 0 or more' }];
  const detail = trigger === 'leaver' ? leaverProblem(step) : null;
  return detail === null ? [] : [{ pointer, detail }];
}

/** Of whom each action makes sense. */
const triggersOf: Readonly<Record<WorkflowAction, readonly WorkflowTrigger[]>> = {
  grant: workflowTriggers,
  revoke: workflowTriggers,
  notify: workflowTriggers,
  disable: ['leaver'],
  delete: ['leaver'],
  'transfer-ownership': ['mover', 'leaver'],
};

/** What is wrong with the day of a step of a leaver; null: nothing. */
function leaverProblem({ action, offsetDays }: WorkflowStep): string | null {
  if (action === 'delete' && offsetDays < 0)
    return 'is before the end of access, when the accounts are in use: give 0 or more';
  if (action === 'disable' && offsetDays > 0)
    return 'is after the end of access, with which all accounts are disabled: give 0 or less';
  if (offsetDays < 0 || (action !== 'grant' && action !== 'revoke')) return null;
  const why = action === 'grant' ? 'who has left holds nothing' : 'leaving has revoked everything then';
  return `is after the end of access: ${why}. Give less than 0, or leave the step out`;
}

function packageProblems(
  { action, package: packageId }: WorkflowStep,
  at: string,
  catalog: CatalogSnapshot,
): ProblemError[] {
  if (packageId === null) return [];
  const pointer = `${at}/package`;
  const known = catalog.accessPackage(packageId)?.document;
  if (known === undefined) return [{ pointer, detail: `names no access package: there is no ${packageId}` }];
  if (action !== 'grant') return [];
  if (!isLive(known)) return [{ pointer, detail: `is ${known.status} and gives nothing: name a published package` }];
  return catalog.privilegedIn(packageId).length === 0
    ? []
    : [{ pointer, detail: 'gives what is privileged, which no workflow gives: have people request it' }];
}

/** One grants and one revokes the same package, on the same day, to somebody who can match both. */
function contradictions(id: string, document: Workflow, catalog: CatalogSnapshot): ProblemError[] {
  const itself = { id, document };
  const others = catalog.workflows
    .others(id)
    .filter(
      (other) =>
        document.enabled &&
        other.document.enabled &&
        other.document.trigger === document.trigger &&
        mayBothMatch(document.filter, other.document.filter),
    );
  return document.steps.flatMap((step, index) =>
    [itself, ...others].flatMap((other): ProblemError[] => {
      const against = other.document.steps.findIndex((one) => contradict(step, one));
      if (against < 0 || (other === itself && against < index)) return [];
      const where = other === itself ? `step ${against} of this workflow` : `step ${against} of workflow ${other.id}`;
      const does = step.action === 'grant' ? 'revokes' : 'grants';
      const mend = 'give another day, or filters that nobody matches both';
      return [
        {
          pointer: `/steps/${index}`,
          detail: `contradicts ${where}, which ${does} ${step.package ?? ''} on the same day: ${mend}`,
        },
      ];
    }),
  );
}

const contradict = (one: WorkflowStep, other: WorkflowStep): boolean =>
  one.package !== null &&
  one.package === other.package &&
  one.offsetDays === other.offsetDays &&
  one.action !== other.action;

/** False only where it is certain: both filters demand another value of the same attribute. */
function mayBothMatch(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return true;
  const [demanded, others] = [demandedBy(parseFilter(one)), demandedBy(parseFilter(other))];
  return ![...demanded].some(([attribute, value]) => others.has(attribute) && others.get(attribute) !== value);
}

/** Values that an attribute must have for the filter to match, by the attribute's name. */
function demandedBy(filter: Filter): ReadonlyMap<string, string> {
  if (filter.kind === 'and') return new Map(filter.terms.flatMap((term) => [...demandedBy(term)]));
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || listed.has(filter.attribute.text)) return new Map();
  return new Map([[filter.attribute.text.toLowerCase(), String(filter.value).toLowerCase()]]);
}

/** Attributes with several values: one person can have both. */
const listed: ReadonlySet<string> = new Set(['phoneNumbers', 'addresses', 'employeeId']);
