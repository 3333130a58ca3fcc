import { entitlementKey, entitlementFields, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { type Access, access, noChanges } from '../assignments/assignments.exports.js';
import { desiredMessageOf } from '../desired-access/desired-access.exports.js';
import type { Person } from './person-batch.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import type { Derived } from './derive.js';
import { recomputePerson } from './recompute-person.js';

/** Something that one application grants. */
export type Entitlement = EntitlementFields & { readonly application: string };

/** What a person should have in every application after these facts. */
function entitlementsAfter(person: Person, { desired }: Pick<Derived, 'desired'>): Entitlement[] {
  const said = new Map([...person.desired].map(([application, { state }]) => [application, state]));
  for (const fact of desired) said.set(fact.data.application, desiredMessageOf(fact));
  return [...said].flatMap(([application, message]) =>
    (message?.entitlements ?? []).map((one) => ({ application, ...entitlementFields(one) })),
  );
}

/**
 * What a person should have under a catalog, once it is applied to them and every grace is over. Computed under both catalogs that are
 * compared, so that what an earlier change is still giving or taking away is not counted for this change. What a manager
 * is to decide is not lost.
 * @param formerly the identity before, where a change of it is foreseen
 */
export function entitlementsUnder(
  person: Person,
  catalog: CatalogSnapshot,
  at: string,
  formerly?: Person['identity']['state'],
): Entitlement[] {
  const given = { newId: () => '', at, epoch: 0, withoutGrace: true, ...(formerly === undefined ? {} : { formerly }) };
  return entitlementsAfter(person, recomputePerson(person, catalog, noChanges, given));
}

/** What a person should have under a catalog, and what they hold then. */
export function foreseenUnder(
  person: Person,
  catalog: CatalogSnapshot,
  at: string,
): { readonly entitlements: Entitlement[]; readonly access: Access } {
  const given = { newId: () => '', at, epoch: 0, withoutGrace: true };
  const derived = recomputePerson(person, catalog, noChanges, given);
  const after = derived.access.reduce(access.evolve, person.access.state);
  return { entitlements: entitlementsAfter(person, derived), access: after };
}

/** What the second list has and the first list does not have. */
export function missingIn(first: readonly Entitlement[], second: readonly Entitlement[]): Entitlement[] {
  const kept = new Set(first.map(fullKeyOf));
  return second.filter((one) => !kept.has(fullKeyOf(one)));
}

const fullKeyOf = (one: Entitlement): string => `${one.application} ${entitlementKey(one)}`;
