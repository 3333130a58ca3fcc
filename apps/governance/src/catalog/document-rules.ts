import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import {
  packageApprover,
  stagesOf,
  type CatalogSnapshot,
  type AccessPackage,
  type CatalogDocuments,
} from '../policy/policy.exports.js';
import { PackageWasPublished } from './catalog.errors.js';

/** @throws InvalidInput for a document that names an application or package which is not there */
export function refuseUnknown<Kind extends 'access-package' | 'birthright-rule'>(
  kind: Kind,
  document: CatalogDocuments[Kind],
  catalog: CatalogSnapshot,
): void {
  const problems = 'packages' in document ? unknownPackages(document, catalog) : unknownInPackage(document, catalog);
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** @throws PackageWasPublished */
export function refuseDraftAgain(packageId: string, document: AccessPackage, former: AccessPackage | null): void {
  if (document.status === 'draft' && former?.status === 'published')
    throw new PackageWasPublished('a published package cannot become a draft again', { packageId });
}

function unknownInPackage(document: AccessPackage, catalog: CatalogSnapshot): ProblemError[] {
  return [...unknownApplications(document, catalog), ...unknownApprovers(document, catalog)];
}

/** Packages whose holders are to decide. */
function unknownApprovers({ approval }: AccessPackage, catalog: CatalogSnapshot): ProblemError[] {
  return stagesOf(approval).flatMap((stage, index) =>
    (['approvers', 'escalateTo'] as const).flatMap((field) =>
      (stage[field] ?? []).flatMap((approver, place): ProblemError[] => {
        const id = packageApprover(approver);
        if (id === null || catalog.accessPackage(id) !== undefined) return [];
        const pointer = `/approval/stages/${index}/${field}/${place}`;
        return [{ pointer, detail: `names no access package: there is no ${id}` }];
      }),
    ),
  );
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
