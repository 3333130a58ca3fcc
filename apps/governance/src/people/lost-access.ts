import { entitlementKey, entitlementFields, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { desiredMessageOf } from '../desired-access/desired-access.exports.js';
import type { Person } from './person-batch.js';
import type { Derived } from './derive.js';

/** Something that one application grants. */
export type Entitlement = EntitlementFields & { readonly application: string };

/** What a person should have in every application after these facts. */
export function entitlementsAfter(person: Person, { desired }: Pick<Derived, 'desired'>): Entitlement[] {
  const said = new Map([...person.desired].map(([application, { state }]) => [application, state]));
  for (const fact of desired) said.set(fact.data.application, desiredMessageOf(fact));
  return [...said].flatMap(([application, message]) =>
    (message?.entitlements ?? []).map((one) => ({ application, ...entitlementFields(one) })),
  );
}

/** What the second list has and the first list does not have. */
export function missingIn(first: readonly Entitlement[], second: readonly Entitlement[]): Entitlement[] {
  const kept = new Set(first.map(fullKeyOf));
  return second.filter((one) => !kept.has(fullKeyOf(one)));
}

const fullKeyOf = (one: Entitlement): string => `${one.application} ${entitlementKey(one)}`;
