/**
 * Reads a list by position, and says truthfully whether all of it was shown. Each page begins with the last item of the
 * page before: a list that moves between two pages, goes in a circle or ignores the position is seen by that. The end is
 * a page that shows nothing but that item. What is kept does not grow with the list.
 */
export interface Walk {
  /** Items shown so far. */
  readonly seen: number;
  readonly pages: number;
  /** How many there are, as the first page said; null if it did not say. */
  readonly total: number | null;
  readonly first: string | null;
  readonly last: string | null;
  /** The list moved, or something in it could not be read: what was shown is not known to be all. */
  readonly torn: boolean;
  /** Does the next page begin with the last item? */
  readonly repeats: boolean;
}

export interface ShownPage<Item> {
  /** Each with what tells it from the others. The item is null where it cannot be used. */
  readonly entries: readonly (readonly [key: string, item: Item | null])[];
  readonly total: number | null;
  /** How many were asked for. */
  readonly asked: number;
}

export interface Step<Item> {
  readonly items: readonly Item[];
  /** Null: the list has ended. */
  readonly next: Walk | null;
  readonly complete: boolean;
}

/** A list that shows more than that does not end. */
const mostItems = 10_000_000;

export const beginning: Walk = {
  seen: 0,
  pages: 0,
  total: null,
  first: null,
  last: null,
  torn: false,
  repeats: true,
};

/** Position of the first item of the next page, counted from 0. */
export const positionOf = ({ seen, repeats }: Walk): number => (repeats && seen > 0 ? seen - 1 : seen);

/** What follows from the page that was shown at {@link positionOf}. */
export function step<Item>(walk: Walk, page: ShownPage<Item>): Step<Item> {
  if (walk.seen === 0) return taken(walk, page, page.entries);
  if (page.entries.length === 0) return ended(false);
  const [[key]] = page.entries as readonly [readonly [string, Item | null]];
  if (walk.repeats && key === walk.last) return afterRepeated(walk, page);
  if (key === walk.first) return ended(isAllAtOnce(walk, page));
  if (walk.repeats) return { items: [], next: { ...walk, torn: true, repeats: false }, complete: false };
  return taken(walk, page, page.entries);
}

function afterRepeated<Item>(walk: Walk, page: ShownPage<Item>): Step<Item> {
  const more = page.entries.slice(1);
  if (more.length > 0) return taken(walk, page, more);
  const counted = walk.total === null || walk.total === walk.seen;
  if (counted) return ended(!walk.torn && isSteady(walk, page));
  // Perhaps it shows one at a time: the next page is asked for without the item that is known.
  return { items: [], next: { ...walk, torn: true, repeats: false }, complete: false };
}

function taken<Item>(walk: Walk, page: ShownPage<Item>, entries: ShownPage<Item>['entries']): Step<Item> {
  if (entries.length === 0) return ended(page.total === null || page.total === 0);
  const keys = entries.map(([key]) => key);
  const items = entries.flatMap(([, item]) => (item === null ? [] : [item]));
  const isWhole = items.length === entries.length && !isTwice(walk, keys) && isSteady(walk, page);
  const next: Walk = {
    ...walk,
    ...(walk.pages === 0 ? { total: page.total, first: keys[0] ?? null } : {}),
    seen: walk.seen + entries.length,
    pages: walk.pages + 1,
    last: keys.at(-1) ?? null,
    torn: walk.torn || !isWhole,
  };
  return { items, next: isEndless(next) ? null : next, complete: false };
}

function isEndless({ seen, total }: Walk): boolean {
  return seen > Math.min(mostItems, 2 * (total ?? mostItems) + 1_000);
}

/** Is one shown a second time: in the page, or as the last one of the page before? */
function isTwice({ last }: Walk, keys: readonly string[]): boolean {
  return new Set(keys).size < keys.length || (last !== null && keys.includes(last));
}

/** The same page again: an application that shows everything at once, whatever position is asked for. */
function isAllAtOnce<Item>({ pages, seen, total, torn }: Walk, { entries, asked, ...page }: ShownPage<Item>): boolean {
  const isOne = pages === 1 && entries.length === seen && seen < asked;
  return isOne && !torn && total === seen && page.total === total;
}

function isSteady<Item>({ pages, total }: Walk, page: ShownPage<Item>): boolean {
  return pages === 0 || page.total === total;
}

function ended(complete: boolean): Step<never> {
  return { items: [], next: null, complete };
}
