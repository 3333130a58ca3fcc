import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { AccessLoss, Entitlement, ForeseenChange } from '../people/people.exports.js';
import type { NamedPerson } from '../names/names.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';

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
  readonly lastHour: LossCount;
  /** The change would be refused unless ?confirm says that so many may lose access. */
  readonly needsConfirmation: boolean;
  /** The first 500 of those who gain or lose something, each with what. */
  readonly people: readonly DryRunPerson[];
  /** Those who are not in `people`. */
  readonly more: number;
}

export type DryRunPerson = TouchedPerson & { readonly gains: readonly TitledEntitlement[] };

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
  { gains, losers, touched, people }: ForeseenChange,
  { version, holders, lastHour, past }: Pick<DryRun, 'version' | 'holders' | 'lastHour'> & { readonly past: boolean },
  catalog: CatalogSnapshot,
): DryRun {
  return {
    dryRun: true,
    version,
    gains,
    loses: losers.length,
    holders,
    lastHour,
    needsConfirmation: past,
    people: people.map(({ person, ...change }) => ({
      ...person,
      gains: titledIn(catalog, change.gains),
      loses: titledIn(catalog, change.loses),
    })),
    more: touched - people.length,
  };
}

/** Each with the name of its application. */
export function titledIn(
  catalog: Pick<CatalogSnapshot, 'titleOf'>,
  entitlements: readonly Entitlement[],
): TitledEntitlement[] {
  return entitlements.map((one) => ({ ...one, application: catalog.titleOf('application', one.application) }));
}
