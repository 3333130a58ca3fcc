import { checkAttributes } from '#libs/scim/filter/attributes.js';
import { FilterError, type Filter } from '#libs/scim/filter/filter.js';
import { matches } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import type { ShownAccount, ShownEntitlement } from './target.js';

/** What the hub leaves as it is: accounts and groups that others look after. */
export interface Protection {
  /** Ids or user names. */
  readonly accounts: readonly string[];
  readonly accountFilter: string | null;
  /** Ids or names. */
  readonly groups: readonly string[];
  readonly groupFilter: string | null;
}

const accountAttributes = ['id', 'userName', 'externalId', 'active', 'createdAt'];
const groupAttributes = ['id', 'displayName', 'description'];

/** What is wrong with a filter, by the field that has it. */
export function protectionFaults({
  accountFilter,
  groupFilter,
}: Protection): (readonly [field: string, detail: string])[] {
  return [
    ...faultsOf('accountFilter', accountFilter, accountAttributes),
    ...faultsOf('groupFilter', groupFilter, groupAttributes),
  ];
}

function faultsOf(
  field: string,
  filter: string | null,
  attributes: readonly string[],
): (readonly [field: string, detail: string])[] {
  try {
    if (filter !== null) checkAttributes(parseFilter(filter), attributes);
    return [];
  } catch (error) {
    if (error instanceof FilterError) return [[field, `${error.message}: it may read ${attributes.join(', ')}`]];
    throw error;
  }
}

/** Does the protection name or describe this account? */
export function isProtectedAccount(protection: Protection): (account: ShownAccount) => boolean {
  const filter = filterOf(protection.accountFilter);
  const names = namesOf(protection.accounts);
  return ({ id, userName, externalId, active, createdAt }) =>
    protection.accounts.includes(id) ||
    (userName !== undefined && names.has(userName.toLowerCase())) ||
    (filter !== null && matches(filter, { id, userName, externalId, active, createdAt }));
}

/** Does the protection name or describe this group? */
export function isProtectedGroup(protection: Protection): (group: ShownEntitlement) => boolean {
  const filter = filterOf(protection.groupFilter);
  const names = namesOf(protection.groups);
  return ({ id, name, description }) =>
    protection.groups.includes(id) ||
    (name !== undefined && names.has(name.toLowerCase())) ||
    (filter !== null && matches(filter, { id, displayName: name, description }));
}

const filterOf = (text: string | null): Filter | null => (text === null ? null : parseFilter(text));
const namesOf = (all: readonly string[]): ReadonlySet<string> => new Set(all.map((one) => one.toLowerCase()));
