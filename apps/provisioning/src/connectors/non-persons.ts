import type { ProblemError } from '#libs/problems/problem.js';
import { checkAttributes } from '#libs/scim/filter/attributes.js';
import { FilterError } from '#libs/scim/filter/filter.js';
import { matches } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import { foldText } from '#libs/text/text.js';

export type NonPersonKind = 'service' | 'shared' | 'built-in' | 'vendor';
export const nonPersonKinds: readonly NonPersonKind[] = ['service', 'shared', 'built-in', 'vendor'];

/** Accounts of a connector that are no person's: by id or user name, or by a filter. */
export interface NonPersonRule {
  readonly kind: NonPersonKind;
  readonly accounts: readonly string[];
  readonly filter: string | null;
}

/** What a rule looks at. */
export interface NamedAccount {
  readonly accountId: string;
  readonly userName: string | null;
  readonly externalId: string | null;
  readonly active: boolean | null;
}

const attributes = ['id', 'userName', 'externalId', 'active'];

/** Which kind of account that is no person's this is; null for one that may be a person's. */
export function nonPersonKindBy(rules: readonly NonPersonRule[]): (account: NamedAccount) => NonPersonKind | null {
  const compiled = rules.map(({ kind, accounts, filter }) => ({
    kind,
    ids: new Set(accounts),
    names: new Set(accounts.map(foldText)),
    filter: filter === null ? null : parseFilter(filter),
  }));
  return ({ accountId: id, userName, externalId, active }) => {
    const found = compiled.find(
      ({ ids, names, filter }) =>
        ids.has(id) ||
        (userName !== null && names.has(foldText(userName))) ||
        (filter !== null && matches(filter, { id, userName, externalId, active })),
    );
    return found?.kind ?? null;
  };
}

/** What is wrong with stated rules. */
export function nonPersonProblems(stated: readonly Partial<NonPersonRule>[] | null | undefined): ProblemError[] {
  return (stated ?? []).flatMap(({ accounts, filter = null }, index) => {
    const isEmpty = filter === null && (accounts ?? []).length === 0;
    const missing = { pointer: `/nonPersons/${index}`, detail: 'names no account: give accounts or filter' };
    const fault = filterFault(filter);
    return [
      ...(isEmpty ? [missing] : []),
      ...(fault === null ? [] : [{ pointer: `/nonPersons/${index}/filter`, detail: fault }]),
    ];
  });
}

function filterFault(filter: string | null): string | null {
  try {
    if (filter !== null) checkAttributes(parseFilter(filter), attributes);
    return null;
  } catch (error) {
    if (error instanceof FilterError) return `${error.message}: it may read ${attributes.join(', ')}`;
    throw error;
  }
}
