import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import {
  packageMeantBy,
  stagesOf,
  type CatalogSnapshot,
  type AccessPackage,
  type CatalogDocuments,
} from '../policy/policy.exports.js';
import { unknownOwners } from './separation-rules.js';
import { newFaults } from './privileged.js';
import { PackageWasPublished, PackageWasRetired } from './catalog.errors.js';

/** @throws InvalidInput for a document that names an application or package which is not there */
export function refuseUnknown<Kind extends 'access-package' | 'birthright-rule'>(
  { id, document }: { readonly kind: Kind; readonly id: string; readonly document: CatalogDocuments[Kind] },
  catalog: CatalogSnapshot,
): void {
  const problems =
    'packages' in document ? unknownPackages(document, catalog) : unknownInPackage(id, document, catalog);
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** @throws InvalidInput for a document under which something privileged would be given without an end, or by birthright */
export function refusePrivileged<Kind extends 'application' | 'access-package' | 'birthright-rule'>(
  changed: { readonly kind: Kind; readonly id: string; readonly document: CatalogDocuments[Kind] },
  catalog: CatalogSnapshot,
): void {
  const { unlimited, rules } = newFaults(catalog, catalog.with(changed));
  const field = { application: '/entitlements', 'access-package': '/grants', 'birthright-rule': '/packages' }[
    changed.kind
  ];
  const own = changed.kind === 'access-package' && unlimited.includes(changed.id);
  const problems = [
    ...(own
      ? [{ pointer: '/maxDuration', detail: 'is missing: what it grants is privileged, and is given for a time only' }]
      : []),
    ...unlimited
      .filter((id) => !own || id !== changed.id)
      .map((id) => ({
        pointer: field,
        detail: `makes package ${id} give what is privileged without an end: give it maxDuration first`,
      })),
    ...rules.map((id) => ({
      pointer: id === changed.id ? '/privilegedException' : field,
      detail: `birthright rule ${id} would give what is privileged: say why in its privilegedException, or take the package out of it`,
    })),
  ];
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** @throws PackageWasPublished, PackageWasRetired */
export function refuseStatusAgain(packageId: string, document: AccessPackage, former: AccessPackage | null): void {
  if (former?.status === 'retired' && document.status !== 'retired')
    throw new PackageWasRetired('a retired package gives nothing any more: define another one', { packageId });
  if (document.status === 'draft' && former !== null && former.status !== 'draft')
    throw new PackageWasPublished('a published package cannot become a draft again', { packageId });
}

function unknownInPackage(id: string, document: AccessPackage, catalog: CatalogSnapshot): ProblemError[] {
  const problems = [
    ...unknownApplications(document, catalog),
    ...unknownApprovers(document, catalog),
    ...unknownOwners(document.owners, catalog),
    ...includeProblems(id, document, catalog),
    ...excludingItself(id, document),
  ];
  return problems.length > 0
    ? problems
    : [...ownConflicts(id, document, catalog), ...successorProblems(id, document, catalog)];
}

/** Packages that it includes: each must be there, and must not include it. */
function includeProblems(id: string, { includes }: AccessPackage, catalog: CatalogSnapshot): ProblemError[] {
  return includes.flatMap((other, index): ProblemError[] => {
    const pointer = `/includes/${index}`;
    if (other === id) return [{ pointer, detail: 'is the package itself: leave it out' }];
    if (catalog.accessPackage(other) === undefined)
      return [{ pointer, detail: `names no access package: there is no ${other}` }];
    return catalog.inclusion.includes(other, id)
      ? [{ pointer, detail: `makes a circle: ${other} includes ${id}, directly or through others` }]
      : [];
  });
}

/** Nobody could have it. */
const excludingItself = (id: string, { incompatibleWith }: AccessPackage): ProblemError[] =>
  incompatibleWith.flatMap((other, index) =>
    other === id ? [{ pointer: `/incompatibleWith/${index}`, detail: 'is the package itself: leave it out' }] : [],
  );

/** The successor must be there to move to, and its holders have both for a while. */
function successorProblems(id: string, { successor }: AccessPackage, catalog: CatalogSnapshot): ProblemError[] {
  if (successor === null) return [];
  const wrong = (detail: string): ProblemError[] => [{ pointer: '/successor', detail }];
  if (successor === id) return wrong('is the package itself: name another one');
  if (catalog.accessPackage(successor)?.document.status !== 'published')
    return wrong(`names no published access package: there is no ${successor}`);
  const including = catalog.inclusion.includersOf(id).filter((one) => catalog.livePackages().includes(one));
  if (including.length > 0)
    return wrong(`cannot take the place of ${id} in ${including.join(', ')}: let these include ${successor} first`);
  const [conflict] = catalog.separation.conflictsOf(successor, [id], new Set());
  return conflict === undefined
    ? []
    : wrong(`nobody may hold it together with ${id} (rule ${conflict.rule}): change the rule first`);
}

/** A rule would keep everybody from having it. */
function ownConflicts(id: string, document: AccessPackage, catalog: CatalogSnapshot): ProblemError[] {
  return catalog
    .with({ kind: 'access-package', id, document })
    .separation.separatingItself(id)
    .map((rule) => ({
      pointer: document.includes.length > 0 ? '/includes' : '/grants',
      detail: `has both sides of separation rule ${rule}, so that nobody could be given it`,
    }));
}

/** Packages whose holders are to decide or review. */
function unknownApprovers({ approval, review }: AccessPackage, catalog: CatalogSnapshot): ProblemError[] {
  const unknownIn = (named: readonly string[], pointer: string): ProblemError[] =>
    named.flatMap((approver, place): ProblemError[] => {
      const id = packageMeantBy(approver);
      if (id === null || catalog.accessPackage(id) !== undefined) return [];
      return [{ pointer: `${pointer}/${place}`, detail: `names no access package: there is no ${id}` }];
    });
  return [
    ...stagesOf(approval).flatMap((stage, index) =>
      (['approvers', 'escalateTo'] as const).flatMap((field) =>
        unknownIn(stage[field] ?? [], `/approval/stages/${index}/${field}`),
      ),
    ),
    ...unknownIn(review?.reviewers ?? [], '/review/reviewers'),
  ];
}

function unknownApplications({ grants }: AccessPackage, catalog: CatalogSnapshot): ProblemError[] {
  return grants.flatMap(({ application }, index) =>
    catalog.applications.has(application)
      ? []
      : [{ pointer: `/grants/${index}/application`, detail: `names no application: there is no ${application}` }],
  );
}

function unknownPackages({ packages }: CatalogDocuments['birthright-rule'], catalog: CatalogSnapshot): ProblemError[] {
  return packages.flatMap((name, index) =>
    catalog.accessPackage(name) === undefined
      ? [{ pointer: `/packages/${index}`, detail: `names no access package: there is no ${name}` }]
      : [],
  );
}
