import type { ScimProfile } from '#libs/scim/client/profile.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import type { ScimGroup, ScimUser } from '#libs/scim/client/resources.js';
import { cursorOf, digestOf, stateOf } from '../cursor.js';
import { beginning, positionOf, step } from '../index-paging.js';
import type { Call, Page } from '../target.js';
import { follow, trailhead } from '../token-paging.js';
import { limitsOf } from './scim-shown.js';

interface PageRequest<Resource, Item> {
  readonly kind: 'Users' | 'Groups';
  readonly cursor: string | null;
  readonly call: Call;
  shown(resource: Resource): Item;
}

interface Lists {
  readonly client: Pick<ScimClient, 'listPage'>;
  readonly profile: Pick<ScimProfile, 'paging' | 'listTrust'>;
}

/** One page of a list, by index (RFC 7644 §3.4.2.4) or by cursor (RFC 9865). A list that cannot be trusted is never complete. */
export async function pageOf<Resource extends ScimUser | ScimGroup, Item>(
  lists: Lists,
  request: PageRequest<Resource, Item>,
): Promise<Page<Item>> {
  const { paging, listTrust } = lists.profile;
  const page = await (paging === 'cursor' ? byCursor(lists, request) : byIndex(lists, request));
  return listTrust === 'complete' ? page : { ...page, complete: false };
}

async function byIndex<Resource extends ScimUser | ScimGroup, Item>(
  { client, profile }: Lists,
  { kind, cursor, call, shown }: PageRequest<Resource, Item>,
): Promise<Page<Item>> {
  const walk = stateOf(cursor, beginning);
  const found = positionOf(walk);
  const page = await client.listPage<Resource>(kind, { found, cursor: null }, limitsOf(call));
  const entries = page.entries.map(([key, one]) => [digestOf(key), one] as const);
  if (profile.paging === 'none') {
    const items = entries.flatMap(([, one]) => (one === null ? [] : [shown(one)]));
    const isAll = items.length === entries.length && page.total === items.length;
    return { items, next: null, complete: isAll };
  }
  const { items, next, complete } = step(walk, { ...page, entries });
  return { items: items.map(shown), next: next === null ? null : cursorOf(next), complete };
}

async function byCursor<Resource extends ScimUser | ScimGroup, Item>(
  { client }: Lists,
  { kind, cursor, call, shown }: PageRequest<Resource, Item>,
): Promise<Page<Item>> {
  const trail = stateOf(cursor, trailhead);
  const page = await client.listPage<Resource>(kind, { found: 0, cursor: trail.path }, limitsOf(call));
  const entries = page.entries.map(([key, one]) => [digestOf(key), one] as const);
  const at = { path: trail.path ?? '', entries, total: page.total, next: page.cursor };
  const { items, next, complete } = follow(trail, at);
  return { items: items.map(shown), next: next === null ? null : cursorOf(next), complete };
}
