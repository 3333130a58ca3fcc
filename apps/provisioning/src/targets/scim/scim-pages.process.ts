import type { ScimClient } from '#libs/scim/client/scim-client.js';
import { cursorOf, digestOf, stateOf } from '../cursor.js';
import { beginning, positionOf, step } from '../index-paging.js';
import type { Call, Page } from '../target.js';
import { limitsOf } from './scim-shown.js';

interface PageRequest<Resource, Item> {
  readonly kind: 'Users' | 'Groups';
  readonly cursor: string | null;
  readonly call: Call;
  shown(resource: Resource): Item;
}

/** One page of a list by `startIndex` and `count` (RFC 7644 §3.4.2.4). */
export async function pageOf<Resource extends { readonly id: string }, Item>(
  client: Pick<ScimClient, 'listPage'>,
  { kind, cursor, call, shown }: PageRequest<Resource, Item>,
): Promise<Page<Item>> {
  const walk = stateOf(cursor, beginning);
  const page = await client.listPage<Resource>(kind, positionOf(walk), limitsOf(call));
  const entries = page.entries.map(([key, one]) => [digestOf(key), one] as const);
  const { items, next, complete } = step(walk, { ...page, entries });
  return { items: items.map(shown), next: next === null ? null : cursorOf(next), complete };
}
