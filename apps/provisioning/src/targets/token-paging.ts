/**
 * Reads a list whose answers say where it goes on. What is kept does not grow with the list, and a list in a circle ends:
 * one address is kept, and exchanged for the current one each time twice as many pages have passed (Brent's method).
 */
export interface Trail {
  /** Path of the page to read next; null for the first one. */
  readonly path: string | null;
  readonly seen: number;
  /** How many there are, as the first page said; null if the application does not say. */
  readonly total: number | null;
  readonly mark: string;
  readonly power: number;
  readonly steps: number;
  /** First item of the page before. */
  readonly first: string | null;
  readonly last: string | null;
  readonly torn: boolean;
  /** The pages have numbers: what is taken out before one moves every later item. */
  readonly numbered: boolean;
}

export interface TrailPage<Item> {
  /** The page itself. */
  readonly path: string;
  readonly entries: readonly (readonly [key: string, item: Item | null])[];
  readonly total: number | null;
  /** Null: this is the last page. */
  readonly next: string | null;
}

export const trailhead: Trail = {
  path: null,
  seen: 0,
  total: null,
  mark: '',
  power: 1,
  steps: 0,
  first: null,
  last: null,
  torn: false,
  numbered: false,
};

export interface TrailStep<Item> {
  readonly items: readonly Item[];
  readonly next: Trail | null;
  readonly complete: boolean;
}

/** What follows from the page that was shown. */
export function follow<Item>(trail: Trail, page: TrailPage<Item>): TrailStep<Item> {
  const items = page.entries.flatMap(([, item]) => (item === null ? [] : [item]));
  const isFirst = trail.path === null;
  const counted = { ...trail, ...(isFirst ? { total: page.total, mark: page.path } : {}) };
  const seen = trail.seen + page.entries.length;
  const torn = trail.torn || items.length < page.entries.length || isMoved(counted, page);
  if (page.next === null) return { items, next: null, complete: !torn && isAll(counted, seen) };
  const isCircle = page.next === counted.mark || page.next === page.path;
  return { items, next: isCircle ? null : { ...onward(counted, page, page.next), seen, torn }, complete: false };
}

function onward<Item>(trail: Trail, { path, entries }: TrailPage<Item>, next: string): Trail {
  const passed = trail.steps + 1 >= trail.power;
  return {
    ...trail,
    path: next,
    ...(passed ? { mark: next, power: trail.power * 2, steps: 0 } : { steps: trail.steps + 1 }),
    first: entries[0]?.[0] ?? trail.first,
    last: entries.at(-1)?.[0] ?? trail.last,
    numbered: trail.numbered || isNumbered(path, next),
  };
}

/** Numbered pages move when something is taken out: without a count nothing tells then whether an item was passed over. */
const isAll = ({ total, numbered }: Trail, seen: number): boolean => (total === null ? !numbered : total === seen);

/** Is the value that changes from this page to the next a number? */
function isNumbered(path: string, next: string): boolean {
  const before = new URLSearchParams(path.split('?')[1] ?? '');
  const after = [...new URLSearchParams(next.split('?')[1] ?? '')];
  return after.some(([name, value]) => before.get(name) !== value && /^\d{1,9}$/.test(value));
}

/** The count is another one, or something is shown a second time: in the page, or across from the one before. */
function isMoved<Item>({ first, last, total }: Trail, { entries, ...page }: TrailPage<Item>): boolean {
  if (page.total !== total) return true;
  const keys = entries.map(([key]) => key);
  return new Set(keys).size < keys.length || keys.some((key) => key === first || key === last);
}
