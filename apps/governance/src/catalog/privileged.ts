import { InvalidInput } from '#libs/problems/problem.js';
import { type BirthrightRule, type CatalogSnapshot, later } from '../policy/policy.exports.js';

/** What gives privileged entitlements as it must not. */
export interface PrivilegedFaults {
  /** Packages that grant some without a longest time. */
  readonly unlimited: readonly string[];
  /** Birthright rules that give some without an exception. */
  readonly rules: readonly string[];
}

/** Privileged entitlements are given for a time only, and by no birthright rule without an exception. */
export function privilegedFaults(catalog: CatalogSnapshot): PrivilegedFaults {
  const privileged = new Set(catalog.livePackages().filter((id) => catalog.privilegedIn(id).length > 0));
  const limited = (id: string): boolean => catalog.accessPackage(id)?.document.maxDuration != null;
  const rules = [...privileged].flatMap((id) => catalog.rulesGiving(id));
  const unexcepted = rules.filter(({ document }) => document.privilegedException === null);
  return {
    unlimited: [...privileged].filter((id) => !limited(id)),
    rules: [...new Set(unexcepted.map(({ id }) => id))],
  };
}

/** The faults of the second catalog that the first has not. */
export function newFaults(before: CatalogSnapshot, after: CatalogSnapshot): PrivilegedFaults {
  const [known, now] = [privilegedFaults(before), privilegedFaults(after)];
  return {
    unlimited: now.unlimited.filter((id) => !known.unlimited.includes(id)),
    rules: now.rules.filter((id) => !known.rules.includes(id)),
  };
}

/** How long a rule may give what is privileged, where nobody says. */
const usualException = 'P90D';

/**
 * A rule whose exception has an end: that which is given, else the one that the same exception had, else after the usual time.
 * @throws InvalidInput for an end that is past, unless it was so before
 */
export function withExceptionEnd(rule: BirthrightRule, former: BirthrightRule | null, at: string): BirthrightRule {
  const { privilegedException, privilegedExceptionUntil: until } = rule;
  if (privilegedException === null) return rule;
  const before = former?.privilegedException === privilegedException ? former.privilegedExceptionUntil : null;
  if (until !== null && until !== before && until <= at)
    throw new InvalidInput([{ pointer: '/privilegedExceptionUntil', detail: 'is past: give a later instant' }]);
  return { ...rule, privilegedExceptionUntil: until ?? before ?? later(at, usualException) };
}
