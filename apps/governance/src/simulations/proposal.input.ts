import { fieldsOfEveryWorker, type WorkerAttributes, workerOf } from '#libs/contracts/hr-lifecycle.js';
import { InvalidInput, RequestProblem, type ProblemError } from '#libs/problems/problem.js';
import { filterInput } from '#libs/service-kit/input/filter-input.js';
import {
  accessPackageOf,
  birthrightRuleOf,
  checkedId,
  refuseStatusAgain,
  refuseUnknown,
  separationProblems,
  separationRuleOf,
} from '../catalog/catalog.exports.js';
import { parseIdentityFilter } from '../identities/identities.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { catalogUnder, type HrChange, type Proposal } from './proposal.js';
import type { HrChangeDto, SimulationDto } from './simulations.dto.js';
import { workflowOf, workflowProblems } from '../workflows/workflows.exports.js';
import { isWorkerFields, workerFieldsRule } from './worker-fields.js';

/** Reads what might change. @throws InvalidInput with all that a PUT of each document would refuse, and where */
export function proposalOf(
  { accessPackages, birthrightRules, separationRules, workflows, hrChanges, hires }: SimulationDto,
  catalog: CatalogSnapshot,
): Proposal {
  const proposal: Proposal = {
    accessPackages: read('accessPackages', accessPackages, (dto) => ({
      id: idOf(dto.id),
      document: accessPackageOf(dto),
    })),
    birthrightRules: read('birthrightRules', birthrightRules, (dto) => ({
      id: idOf(dto.id),
      document: birthrightRuleOf(dto),
    })),
    separationRules: read('separationRules', separationRules, (dto) => ({
      id: idOf(dto.id),
      document: separationRuleOf(dto),
    })),
    workflows: read('workflows', workflows, (dto) => ({ id: idOf(dto.id), document: workflowOf(dto) })),
    hrChanges: read('hrChanges', hrChanges, hrChangeOf),
    hires: read('hires', hires, hireOf),
  };
  refuseNothing(proposal);
  refuseTwice('accessPackages', proposal.accessPackages);
  refuseTwice('birthrightRules', proposal.birthrightRules);
  refuseTwice('separationRules', proposal.separationRules);
  refuseTwice('workflows', proposal.workflows ?? []);
  refuseInCatalog(proposal, catalog);
  return proposal;
}

/** What the documents name must be there, or be proposed, too. */
function refuseInCatalog(proposal: Proposal, catalog: CatalogSnapshot): void {
  const proposed = catalogUnder(proposal, catalog);
  read('accessPackages', proposal.accessPackages, ({ id, document }) => {
    refuseUnknown({ kind: 'access-package', id, document }, proposed);
    refuseStatusAgain(id, document, catalog.documentOf('access-package', id)?.document ?? null);
  });
  read('birthrightRules', proposal.birthrightRules, ({ id, document }) =>
    refuseUnknown({ kind: 'birthright-rule', id, document }, proposed),
  );
  read('separationRules', proposal.separationRules, ({ document }) => {
    const problems = separationProblems(document, proposed);
    if (problems.length > 0) throw new InvalidInput(problems);
  });
  read('workflows', proposal.workflows, ({ id, document }) => {
    const problems = workflowProblems(id, document, proposed);
    if (problems.length > 0) throw new InvalidInput(problems);
  });
}

const idOf = (id: unknown): string => checkedId(typeof id === 'string' ? id : '');

function hrChangeOf({ filter, set, status }: HrChangeDto): HrChange {
  filterInput('/filter', () => parseIdentityFilter(filter));
  const given = set ?? {};
  const states = Object.keys(given).length > 0 || (status ?? null) !== null;
  if (!states) throw new InvalidInput([{ pointer: '/set', detail: 'is missing: say what changes, here or by status' }]);
  const cleared = fieldsOfEveryWorker.filter((name) => name in given && (given[name] ?? '') === '');
  if (cleared.length > 0)
    throw new InvalidInput(
      cleared.map((name) => ({ pointer: `/set/${name}`, detail: 'cannot be cleared: no worker is without it' })),
    );
  return { filter, set: given, status: status ?? null };
}

function hireOf(value: unknown): WorkerAttributes {
  if (!isWorkerFields(value)) throw new InvalidInput([{ pointer: '', detail: workerFieldsRule(value) }]);
  const fields = Object.fromEntries(Object.entries(value as object).filter(([, given]) => given !== null));
  const missing = ['employeeId', 'familyName'].filter((name) => (fields[name] ?? '') === '');
  if (missing.length > 0)
    throw new InvalidInput(missing.map((name) => ({ pointer: `/${name}`, detail: 'is missing: give it a text' })));
  return workerOf({ hireDate: '', ...fields });
}

function refuseNothing(proposal: Proposal): void {
  if (Object.values(proposal).some((part: readonly unknown[]) => part.length > 0)) return;
  throw new InvalidInput([
    {
      pointer: '',
      detail: 'proposes nothing: give accessPackages, birthrightRules, separationRules, workflows, hrChanges or hires',
    },
  ]);
}

function refuseTwice(field: string, documents: readonly { readonly id: string }[]): void {
  const ids = documents.map(({ id }) => id);
  const problems = ids.flatMap((id, index) =>
    ids.indexOf(id) < index ? [{ pointer: `/${field}/${index}/id`, detail: `is there twice: ${id}` }] : [],
  );
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** Each item of a list; a problem says in which. */
function read<Given, Read>(
  field: string,
  items: readonly Given[] | null | undefined,
  one: (item: Given) => Read,
): Read[] {
  const problems: ProblemError[] = [];
  const values = (items ?? []).flatMap((item, index) => {
    try {
      return [one(item)];
    } catch (error) {
      const where = `/${field}/${index}`;
      if (error instanceof InvalidInput)
        problems.push(...error.errors.map(({ pointer, detail }) => ({ pointer: `${where}${pointer}`, detail })));
      else if (error instanceof RequestProblem || !(error instanceof Error) || !('code' in error)) throw error;
      else problems.push({ pointer: where, detail: error.message });
      return [];
    }
  });
  if (problems.length > 0) throw new InvalidInput(problems);
  return values;
}
