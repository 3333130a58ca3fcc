import { workerFields } from '#libs/contracts/hr-lifecycle.js';
import { checkAttributes } from '#libs/scim/filter/attributes.js';
import type { Filter } from '#libs/scim/filter/filter.js';
import { parseFilter } from '#libs/scim/filter/parse.js';

/** What filters over identities may read: the worker's fields, and the identity's own `id`, `status`, `kind`. */
const identityAttributes: readonly string[] = [
  ...new Set([...workerFields.filter((name) => name !== 'custom'), 'id', 'status', 'kind', 'custom.*']),
];

/** @throws FilterError for what is no filter, or reads anything else */
export function parseIdentityFilter(text: string): Filter {
  const filter = parseFilter(text);
  checkAttributes(filter, identityAttributes);
  return filter;
}
