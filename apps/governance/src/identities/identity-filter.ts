import { workerFields, workerKeys } from '#libs/contracts/hr-lifecycle.js';
import { checkAttributes } from '#libs/scim/filter/attributes.js';
import type { Filter } from '#libs/scim/filter/filter.js';
import type { FilterSchema } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';

/** What filters over identities may read: the worker's fields, and the identity's own `id`, `status`, `kind`. */
const identityAttributes: readonly string[] = [
  ...new Set([...workerFields.filter((name) => name !== 'custom'), 'id', 'status', 'kind', 'custom.*']),
];

/** What is a key in them. */
export const identityKeys: FilterSchema = { caseExact: new Set([...workerKeys].map((name) => name.toLowerCase())) };

/** @throws FilterError for what is no filter, or reads anything else */
export function parseIdentityFilter(text: string): Filter {
  const filter = parseFilter(text);
  checkAttributes(filter, identityAttributes);
  return filter;
}
