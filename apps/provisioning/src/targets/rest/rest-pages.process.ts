import { CallFailure } from '#libs/outgoing/failure.js';
import { cursorOf, digestOf, stateOf } from '../cursor.js';
import { beginning, positionOf, type Step, step } from '../index-paging.js';
import type { Call, Page } from '../target.js';
import type { RestClient } from './rest-client.process.js';
import type { ListRequest } from './rest-requests.js';
import type { Sources } from './template.js';
import { follow, trailhead, type TrailStep } from '../token-paging.js';

/** What a list shows: ids, or things with an id. */
type Listed = string | { readonly id: string };

interface PageRequest<Item extends Listed> {
  readonly request: ListRequest;
  readonly sources: Sources;
  readonly cursor: string | null;
  /** @throws CallFailure for an item that cannot be used */
  shown(item: unknown): Item;
}

/** One page of a list, as the description says. An item that cannot be used is left out: the list is not complete then. */
export async function restPage<Item extends Listed>(
  client: RestClient,
  { request, sources, cursor, shown }: PageRequest<Item>,
  call: Call,
): Promise<Page<Item>> {
  const entriesOf = ({ items }: { readonly items: readonly unknown[] }) =>
    items.map((item): readonly [string, Item | null] => {
      const one = shownOrNull(() => shown(item));
      return [digestOf(one === null ? JSON.stringify(item) : typeof one === 'string' ? one : one.id), one];
    });
  if (request.page !== null && 'offset' in request.page) {
    const walk = stateOf(cursor, beginning);
    const path = client.pageAt(request, sources, positionOf(walk));
    const page = await client.page({ request, sources, path }, call);
    return pageOf(step(walk, { entries: entriesOf(page), total: page.total, asked: request.page.size }));
  }
  const trail = stateOf(cursor, trailhead);
  const page = await client.page({ request, sources, path: trail.path }, call);
  return pageOf(follow(trail, { ...page, entries: entriesOf(page) }));
}

function pageOf<Item>({ items, next, complete }: Step<Item> | TrailStep<Item>): Page<Item> {
  return { items, next: next === null ? null : cursorOf(next), complete };
}

function shownOrNull<Item>(show: () => Item): Item | null {
  try {
    return show();
  } catch (error) {
    if (error instanceof CallFailure) return null;
    throw error;
  }
}
