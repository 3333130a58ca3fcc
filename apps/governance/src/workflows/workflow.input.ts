import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { filterInput } from '#libs/service-kit/input/filter-input.js';
import { parseIdentityFilter } from '../identities/identities.exports.js';
import type { Workflow, WorkflowAction, WorkflowStep } from '../policy/policy.exports.js';
import type { WorkflowDto, WorkflowStepDto } from './workflow.dto.js';

const fields = ['package', 'to', 'message'] as const;
type Field = (typeof fields)[number];

/** What each action needs, and how a missing field is given. */
const needed: Readonly<Record<WorkflowAction, readonly Field[]>> = {
  grant: ['package'],
  revoke: ['package'],
  disable: [],
  'transfer-ownership': [],
  delete: [],
  notify: ['to', 'message'],
};
const howToGive: Readonly<Record<Field, string>> = {
  package: 'give the id of an access package',
  to: 'give person or manager',
  message: 'say what is told',
};

/** @throws InvalidInput for a filter that cannot be read, and for a step that lacks a field or has one too many */
export function workflowOf({ displayName, trigger, filter, enabled, steps }: WorkflowDto): Workflow {
  if (filter != null) filterInput('/filter', () => parseIdentityFilter(filter));
  const problems = steps.flatMap(problemsIn);
  if (problems.length > 0) throw new InvalidInput(problems);
  return { displayName, trigger, filter: filter ?? null, enabled: enabled ?? true, steps: steps.map(stepOf) };
}

function problemsIn(step: WorkflowStepDto, index: number): ProblemError[] {
  const { action } = step;
  return fields.flatMap((field): ProblemError[] => {
    const pointer = `/steps/${index}/${field}`;
    const isGiven = step[field] != null;
    const isNeeded = needed[action].includes(field);
    if (isNeeded && !isGiven)
      return [{ pointer, detail: `is missing: a step that does ${action} needs it, ${howToGive[field]}` }];
    return isGiven && !isNeeded ? [{ pointer, detail: `is not used by ${action}: leave it out` }] : [];
  });
}

const stepOf = ({ offsetDays, action, package: packageId, to, message }: WorkflowStepDto): WorkflowStep => ({
  offsetDays,
  action,
  package: packageId ?? null,
  to: to ?? null,
  message: message ?? null,
});
