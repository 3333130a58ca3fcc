import type { ProblemError } from '#libs/problems/problem.js';
import { circleIn, type CatalogSnapshot, type MoverRule, type Renaming } from '../policy/policy.exports.js';

/** What is wrong with the renamings of a rule, together with those of the other rules. */
export function renamingProblems(
  id: string,
  { renames, requestedAccess, days }: MoverRule,
  catalog: CatalogSnapshot,
): ProblemError[] {
  if (requestedAccess === 'review' && days === 0)
    return [{ pointer: '/days', detail: 'leaves the manager no time: give at least 1' }];
  const others = catalog.documents
    .filter((one) => one.kind === 'mover-rule' && one.id !== id)
    // The kind tells which document it is.
    .flatMap(({ document }) => (document as MoverRule).renames);
  const problems = renames.flatMap((one, index): ProblemError[] => {
    const pointer = `/renames/${index}`;
    if (one.from === one.to) return [{ pointer, detail: 'renames to the same name: leave it out' }];
    const other = [...renames.slice(0, index), ...others].find((known) => isSameFrom(known, one));
    return other === undefined || other.to === one.to
      ? []
      : [{ pointer, detail: `gives ${one.from} another new name than ${other.to}, which a renaming says already` }];
  });
  if (problems.length > 0) return problems;
  const circle = circleIn([...renames, ...others]);
  return circle === null
    ? []
    : [{ pointer: '/renames', detail: `lead back to where they begin: ${circle.join(', then ')}` }];
}

const isSameFrom = (one: Renaming, other: Renaming): boolean =>
  one.attribute === other.attribute && one.from === other.from;
