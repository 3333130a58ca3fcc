import type { ProblemError } from '#libs/problems/problem.js';
import {
  packageMeantBy,
  type CatalogSnapshot,
  type SeparatedItem,
  type SeparationRule,
} from '../policy/policy.exports.js';

/** What is wrong with a rule in this catalog: it names what is not there, or a package nobody could have any more. */
export function separationProblems(rule: SeparationRule, catalog: CatalogSnapshot): ProblemError[] {
  const { left, right, compensatingControls, owners } = rule;
  return [
    ...unknownItems('/left', left, catalog),
    ...unknownItems('/right', right, catalog),
    ...unknownItems('/compensatingControls', compensatingControls, catalog),
    ...unknownOwners(owners, catalog),
    ...bothSides(rule, catalog),
  ];
}

function unknownItems(pointer: string, items: readonly SeparatedItem[], catalog: CatalogSnapshot): ProblemError[] {
  return items.flatMap((item, index): ProblemError[] => {
    if (typeof item === 'string')
      return catalog.accessPackage(item) === undefined
        ? [{ pointer: `${pointer}/${index}`, detail: `names no access package: there is no ${item}` }]
        : [];
    const { application } = item;
    return catalog.applications.has(application)
      ? []
      : [
          {
            pointer: `${pointer}/${index}/application`,
            detail: `names no application: there is no ${application}`,
          },
        ];
  });
}

/** Packages whose holders are owners. */
export function unknownOwners(owners: readonly string[], catalog: CatalogSnapshot): ProblemError[] {
  return owners.flatMap((owner, index) => {
    const id = packageMeantBy(owner);
    if (id === null || catalog.accessPackage(id) !== undefined) return [];
    return [{ pointer: `/owners/${index}`, detail: `names no access package: there is no ${id}` }];
  });
}

function bothSides(rule: SeparationRule, catalog: CatalogSnapshot): ProblemError[] {
  if (rule.mode === 'detect') return [];
  const packages = catalog.livePackages();
  return catalog.separation.onBothSides(rule, packages).map((id) => ({
    pointer: '/right',
    detail: `separates ${id} from itself, so that nobody could be given it: change the package, or use mode detect`,
  }));
}
