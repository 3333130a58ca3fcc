import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { AccessLoss } from '../people/access-loss.query.js';
import type { NamedPerson } from '../people/named-person.js';
import type { CatalogSnapshot } from './catalog-snapshot.js';

/** The people from whom a change takes access, as a refusal lists them. */
export interface Touches {
  readonly loses: number;
  /** Of these: who holds the package, or what the rule gave. */
  readonly holders: number;
  /** The first 500 of those who lose something, each with what. */
  readonly people: readonly TouchedPerson[];
  /** Those who are not in `people`. */
  readonly more: number;
}

export type TouchedPerson = NamedPerson & { readonly loses: readonly LostEntitlement[] };

export type LostEntitlement = EntitlementFields & {
  readonly application: { readonly id: string; readonly displayName: string | null };
};

export function touchesOf({ loses, holders, people }: AccessLoss, catalog: CatalogSnapshot): Touches {
  const titled = (id: string): LostEntitlement['application'] => ({
    id,
    displayName: catalog.applications.get(id)?.document.displayName ?? null,
  });
  return {
    loses,
    holders,
    people: people.map(({ person, loses: lost }) => ({
      ...person,
      loses: lost.map((one) => ({ ...one, application: titled(one.application) })),
    })),
    more: loses - people.length,
  };
}
