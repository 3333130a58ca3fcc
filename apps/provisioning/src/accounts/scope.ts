import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { entitlementOf } from '#libs/contracts/entitlement.js';
import { workerKeys } from '#libs/contracts/hr-lifecycle.js';
import { checkAttributes } from '#libs/scim/filter/attributes.js';
import type { Filter } from '#libs/scim/filter/filter.js';
import { firstFailure, type FilterFailure } from '#libs/scim/filter/first-failure.js';
import { matches, type FilterSchema } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import type { Attributes } from './account.events.js';
import { heldSources, mappingSources, sourceValue } from './mapping-sources.js';

/** What a scope may read: what a mapping may, and whether the person is on leave. */
const scopeAttributes: readonly string[] = [
  ...mappingSources.filter((name) => name !== 'manager'),
  'custom.*',
  'status',
];

/** What is a key among them. */
const keys: FilterSchema = {
  caseExact: new Set([...workerKeys, 'id', ...heldSources].map((name) => name.toLowerCase())),
};

/** Which people a connector gives accounts to. */
export type Scope = Filter | null;

/** @throws FilterError for what is no filter, or reads anything else */
export function parseScope(text: string): Filter {
  const filter = parseFilter(text);
  checkAttributes(filter, scopeAttributes);
  return filter;
}

/** Everybody, where a connector has no scope. */
export function isInScope(scope: Scope, body: DesiredAccessMessage): boolean {
  return scope === null || matches(scope, resourceOf(body), keys);
}

/** The condition that excludes the person, and the value that it found; null for a person in scope. */
export function outOfScopeBecause(scope: Scope, body: DesiredAccessMessage): FilterFailure | null {
  return scope === null ? null : firstFailure(scope, resourceOf(body), keys);
}

/** What scope and matching read of a person: the identity's attributes, and what the person holds in the application. */
export function readable(body: DesiredAccessMessage): Attributes {
  const [account] = body.accounts;
  const named = (wanted: 'group' | 'role'): string[] =>
    body.entitlements.flatMap((one) => {
      const { kind, name } = entitlementOf('', one);
      return kind === wanted && name !== null ? [name] : [];
    });
  const held = { packages: account?.packages ?? [], groups: named('group'), roles: named('role') };
  return { ...account?.attributes, ...held };
}

function resourceOf(body: DesiredAccessMessage): object {
  const attributes = readable(body);
  return { ...attributes, userName: sourceValue(attributes, 'userName'), status: body.status };
}
