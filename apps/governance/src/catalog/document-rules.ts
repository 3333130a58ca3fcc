import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import {
  packageApprover,
  stagesOf,
  type CatalogSnapshot,
  type AccessPackage,
  type CatalogDocuments,
} from '../policy/policy.exports.js';
import { unknownOwners } from './separation-rules.js';
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
  ];
  return problems.length > 0 ? problems : ownConflicts(id, document, catalog);
}

/** Packages that it includes: each must be there, and must not include it. */
function includeProblems(id: string, { includes }: AccessPackage, catalog: CatalogSnapshot): ProblemError[] {
  return includes.flatMap((other, index): ProblemError[] => {
    const pointer = `/includes/${index}`;
    if (other === id) return [{ pointer, detail: 'is the package itself: leave it out' }];
    if (catalog.accessPackage(other) === undefined)
      return [{ pointer, detail: `names no access package: there is no ${other}` }];
    return catalog.includes(other, id)
      ? [{ pointer, detail: `makes a circle: ${other} includes ${id}, directly or through others` }]
      : [];
  });
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
      const id = packageApprover(approver);
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
