import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { AccessLoss, Entitlement, ForeseenChange } from '../people/people.exports.js';
import type { NamedPerson } from '../names/names.exports.js';
import type { WithheldVersion } from '../assignments/assignments.exports.js';
import type { CatalogSnapshot, Titled } from '../policy/policy.exports.js';

/** How many lose something, of how many who hold it. */
export interface LossCount {
  readonly loses: number;
  readonly holders: number;
}

/** Whom a change takes access from, as a refusal tells it. */
export interface Touches extends LossCount {
  /** Together with the changes of the last hour that nobody confirmed. */
  readonly lastHour: LossCount;
  /** The first 500 of those who lose something, each with what. */
  readonly people: readonly TouchedPerson[];
  /** Those who are not in `people`. */
  readonly more: number;
}

export type TouchedPerson = NamedPerson & { readonly loses: readonly TitledEntitlement[] };

/** The people whom a change would affect. Nothing is changed. */
export interface DryRun extends LossCount {
  readonly dryRun: true;
  /** Of the document as it stands; 0 while there is none. */
  readonly version: number;
  /** How many gain something. */
  readonly gains: number;
  /** How many would not get what a version of a package adds, although they hold the package. */
  readonly refused: number;
  /** What those gain who hold the package reaches them only once an owner has released the version. */
  readonly needsRelease: boolean;
  readonly lastHour: LossCount;
  /** The change would be refused unless ?confirm says that so many may lose access. */
  readonly needsConfirmation: boolean;
  /** What retiring the package means; null where the change does not retire it. */
  readonly retirement: Retirement | null;
  /** The first 500 of those who gain or lose something or are refused, each with what and why. */
  readonly people: readonly DryRunPerson[];
  /** Those who are not in `people`. */
  readonly more: number;
}

export type DryRunPerson = TouchedPerson & {
  readonly gains: readonly TitledEntitlement[];
  readonly refused: readonly RefusedVersion[];
  /** Of a package that the change retires: they move to its successor, or it ends; null: they do not hold it. */
  readonly retired: 'moves' | 'ends' | null;
};

/** What retiring a package means. */
export interface Retirement {
  readonly successor: Titled | null;
  /** Holders who move to the successor, and holders for whom it ends. */
  readonly moves: number;
  readonly ends: number;
  /** Birthright rules that name the package: they give its successor then, or nothing. */
  readonly rules: readonly Titled[];
  /** Rules of separation of duties that name the package; `package:<id>` for what a package says by `incompatibleWith`. */
  readonly incompatibilities: readonly string[];
}

/** A version of a package that would not reach one of its holders, and why not. */
export interface RefusedVersion {
  readonly package: Titled;
  readonly version: number;
  readonly code: WithheldVersion['code'];
  readonly because: readonly { readonly rule: string; readonly packages: readonly Titled[] }[];
}

export type TitledEntitlement = EntitlementFields & {
  readonly application: { readonly id: string; readonly displayName: string | null };
};

export function touchesOf(
  { loses, holders, people }: Omit<AccessLoss, 'losers'>,
  lastHour: LossCount,
  catalog: CatalogSnapshot,
): Touches {
  return {
    loses,
    holders,
    lastHour,
    people: people.map(({ person, loses: lost }) => ({ ...person, loses: titledIn(catalog, lost) })),
    more: loses - people.length,
  };
}

export function dryRunOf(
  { gains, losers, touched, withheld, people }: ForeseenChange,
  {
    version,
    holders,
    lastHour,
    past,
    needsRelease,
    retirement = null,
  }: Pick<DryRun, 'version' | 'holders' | 'lastHour' | 'needsRelease'> & {
    readonly past: boolean;
    readonly retirement?: DryRun['retirement'];
  },
  catalog: CatalogSnapshot,
): DryRun {
  return {
    dryRun: true,
    version,
    gains,
    refused: withheld,
    retirement,
    needsRelease,
    loses: losers.length,
    holders,
    lastHour,
    needsConfirmation: past,
    people: people.map(({ person, ...change }) => ({
      ...person,
      gains: titledIn(catalog, change.gains),
      loses: titledIn(catalog, change.loses),
      refused: change.withheld.map((one) => refusedVersion(one, catalog)),
      retired: change.retired,
    })),
    more: touched - people.length,
  };
}

/** What retiring a package means, as it is foreseen. */
export const retirementOf = (
  packageId: string,
  { moves, ends }: Pick<ForeseenChange, 'moves' | 'ends'>,
  successor: string | null,
  catalog: CatalogSnapshot,
): Retirement => ({
  successor: successor === null ? null : catalog.titleOf('access-package', successor),
  moves,
  ends,
  rules: catalog.rulesGiving(packageId).map(({ id }) => catalog.titleOf('birthright-rule', id)),
  incompatibilities: catalog.separation.naming(packageId),
});

/** A withheld version in names. */
export function refusedVersion(
  { packageId, version, code, because }: Pick<WithheldVersion, 'packageId' | 'version' | 'code' | 'because'>,
  catalog: Pick<CatalogSnapshot, 'titleOf'>,
): RefusedVersion {
  const titleOf = (id: string): Titled => catalog.titleOf('access-package', id);
  const rules = because.map(({ rule, packages }) => ({ rule, packages: packages.map(titleOf) }));
  return { package: titleOf(packageId), version, code, because: rules };
}

/** Each with the name of its application. */
export function titledIn(
  catalog: Pick<CatalogSnapshot, 'titleOf'>,
  entitlements: readonly Entitlement[],
): TitledEntitlement[] {
  return entitlements.map((one) => ({ ...one, application: catalog.titleOf('application', one.application) }));
}
