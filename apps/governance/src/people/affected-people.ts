import { isDeepStrictEqual } from 'node:util';
import type {
  AccessPackage,
  BirthrightRule,
  CatalogDocuments,
  CatalogSnapshot,
  SeparationRule,
} from '../policy/policy.exports.js';
import { isLive } from '../policy/policy.exports.js';

/** Whom a change of a rule or package can give something, or from whom it can take something. Stored with its job. */
export type AffectedPeople =
  | { readonly who: 'nobody' }
  | { readonly who: 'everybody' }
  | {
      readonly who: 'matching';
      readonly rule: string;
      /** The people who match one of the two filters and not the other. */
      readonly filters: readonly FilterChange[];
      /** Also affected: who holds a package by the rule and does not match it now. */
      readonly filter: string;
    }
  /** Who holds this package. */
  | { readonly who: 'holding'; readonly package: string }
  /** Who matches a rule that gives this package. */
  | { readonly who: 'given'; readonly package: string }
  /** Who holds one of these packages, or matches a rule that gives one. */
  | { readonly who: 'having'; readonly packages: readonly string[] }
  /** Who matches a filter, whatever their status. */
  | { readonly who: 'selected'; readonly filter: string }
  /** For whom something is, or was, desired in one of these applications. */
  | { readonly who: 'known-in'; readonly applications: readonly string[] }
  | { readonly who: 'any'; readonly of: readonly AffectedPeople[] };

/** Null: there is no filter, and nobody matches. */
export interface FilterChange {
  readonly before: string | null;
  readonly after: string;
}

/** @param before null for a document that is new @param includers packages that include it */
export function affectedBy<Kind extends 'access-package' | 'birthright-rule'>(
  id: string,
  before: CatalogDocuments[Kind] | null,
  after: CatalogDocuments[Kind],
  includers: readonly string[] = [],
): AffectedPeople {
  if ('packages' in after) return affectedByRule(id, before as BirthrightRule | null, after);
  return affectedByPackage([id, ...includers], before as AccessPackage | null, after);
}

/** Who can violate a rule of separation, or is given something that it withheld. */
export function affectedBySeparation(
  before: SeparationRule | null,
  after: SeparationRule,
  catalog: CatalogSnapshot,
): AffectedPeople {
  const published = catalog.livePackages();
  const rules = before === null ? [after] : [before, after];
  const packages = new Set(rules.flatMap((rule) => catalog.separation.packagesOf(rule, published)));
  return packages.size === 0 ? { who: 'nobody' } : { who: 'having', packages: [...packages].sort() };
}

function affectedByRule(rule: string, before: BirthrightRule | null, after: BirthrightRule): AffectedPeople {
  const { filter } = after;
  if (before !== null && sameSet(before.packages, after.packages)) {
    const ends = before.privilegedExceptionUntil !== after.privilegedExceptionUntil;
    if (before.filter === filter && !ends) return { who: 'nobody' };
    if (ends) return { who: 'matching', rule, filters: matchingEither(before, filter), filter };
    return { who: 'matching', rule, filters: [{ before: before.filter, after: filter }], filter };
  }
  return { who: 'matching', rule, filters: matchingEither(before, filter), filter };
}

/** Those who match the filter, or matched it before. */
function matchingEither(before: BirthrightRule | null, filter: string): FilterChange[] {
  const filters = [...new Set([...(before === null ? [] : [before.filter]), filter])];
  return filters.map((one) => ({ before: null, after: one }));
}

/** @param ids its own, and those of packages that include it */
function affectedByPackage(
  ids: readonly [string, ...string[]],
  before: AccessPackage | null,
  after: AccessPackage,
): AffectedPeople {
  if (after.status === 'draft') return { who: 'nobody' };
  const [id] = ids;
  const having = ids.length > 1 || (before !== null && !sameSet(before.includes, after.includes));
  if (before === null || before.status === 'draft')
    return having ? { who: 'having', packages: ids } : { who: 'given', package: id };
  const beside = besideIt(before, after);
  if (beside !== null) return { who: 'having', packages: [...ids, ...beside].sort() };
  if (sameForHolders(before, after)) return { who: 'nobody' };
  return having ? { who: 'having', packages: ids } : { who: 'holding', package: id };
}

/** Other packages whose holders the change touches, as it touches who matches a rule that gives it; null for no such change. */
function besideIt(before: AccessPackage, after: AccessPackage): string[] | null {
  // Its holders move to its successor, and rules that give it give that.
  if (before.successor !== after.successor) return after.successor === null ? [] : [after.successor];
  // A rule may give now what was not given because of the other package.
  const excluded = differences(before.incompatibleWith, after.incompatibleWith);
  return excluded.length === 0 ? null : excluded;
}

const sameForHolders = (before: AccessPackage, after: AccessPackage): boolean =>
  sameSet(before.grants, after.grants) &&
  sameSet(before.includes, after.includes) &&
  before.suspendOnLeave === after.suspendOnLeave &&
  before.eligibility === after.eligibility &&
  before.eligibilityLost === after.eligibilityLost &&
  before.graceDays === after.graceDays &&
  isLive(before) === isLive(after);

/** What only one of the two lists has. */
function differences(one: readonly string[], other: readonly string[]): string[] {
  return [...one.filter((id) => !other.includes(id)), ...other.filter((id) => !one.includes(id))];
}

function sameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  const isIn = (value: unknown, values: readonly unknown[]): boolean =>
    values.some((each) => isDeepStrictEqual(each, value));
  return one.every((value) => isIn(value, other)) && other.every((value) => isIn(value, one));
}
