import { workerKeys } from '#libs/contracts/hr-lifecycle.js';
import { searchForm } from '#libs/text/text.js';
import {
  type Attribute,
  attributes,
  type Cell,
  type Condition,
  fewestPeople,
  leastPrecision,
  type Suggestion,
} from './suggestion.js';

/** Everybody who shares some values. */
interface Cohort {
  readonly key: string;
  readonly conditions: readonly Condition[];
  readonly cells: Cell[];
}

/** What a cohort holds and is not explained yet. */
interface Offer {
  readonly cohort: Cohort;
  readonly entitlements: readonly string[];
  readonly explains: number;
  /** What it explains, without what it would give to others. */
  readonly worth: number;
  readonly precision: number;
}

/** Values of these are combined with those of others. */
const leading: readonly Attribute[] = ['department', 'jobTitle'];

/**
 * Rules that explain what was found, the best first: each gives a cohort what nearly all of it holds. What an earlier rule explains counts
 * for no later one.
 * @param excluded keys of entitlements that no rule may give
 */
export function suggestedRules(
  cells: readonly Cell[],
  excluded: ReadonlySet<string>,
  limit: number,
): { readonly rules: readonly Suggestion[]; readonly left: readonly Cell[] } {
  const total = countsOf(cells, ({ found }) => found);
  const found = new Map(cells.map((cell) => [cell, cell.found.filter((key) => !excluded.has(key))]));
  const left = new Map(cells.map((cell) => [cell, [...cell.found]]));
  const isOpen = (cell: Cell): readonly string[] => found.get(cell) ?? [];
  const offers = cohortsOf(cells)
    .flatMap((cohort) => offerOf(cohort, isOpen))
    .sort(compareOffers);
  const rules: Suggestion[] = [];
  while (rules.length < limit) {
    const best = offers.pop();
    if (best === undefined) break;
    // What was explained since makes an offer smaller, never larger.
    const [now] = offerOf(best.cohort, isOpen);
    if (now === undefined) continue;
    if (now.worth < best.worth) {
      insert(offers, now);
      continue;
    }
    rules.push(ruleOf(now, total));
    for (const cell of now.cohort.cells) {
      found.set(cell, without(isOpen(cell), now.entitlements));
      left.set(cell, without(left.get(cell) ?? [], now.entitlements));
    }
  }
  return { rules, left: cells.map((cell) => ({ ...cell, found: left.get(cell) ?? [] })) };
}

/** Everybody, who shares one value, and who shares a department or job and another value. */
function cohortsOf(cells: readonly Cell[]): Cohort[] {
  const cohorts = new Map<string, Cohort>();
  for (const cell of cells)
    for (const conditions of conditionSets(cell)) {
      const key = conditions.map(keyOf).join('\n');
      const cohort = cohorts.get(key) ?? { key, conditions, cells: [] };
      cohort.cells.push(cell);
      cohorts.set(key, cohort);
    }
  return [...cohorts.values()];
}

function conditionSets(cell: Cell): Condition[][] {
  const single = attributes.flatMap((attribute): Condition[] => {
    const value = cell.attributes[attribute] ?? null;
    return value === null ? [] : [{ attribute, value }];
  });
  const pairs = single.flatMap((one, place) =>
    single
      .slice(place + 1)
      .filter((other) => [one, other].some(({ attribute }) => leading.includes(attribute)))
      .map((other) => [one, other]),
  );
  return [[], ...single.map((one) => [one]), ...pairs];
}

/** In the order of the attributes, with texts as filters compare them. */
const keyOf = ({ attribute, value }: Condition): string =>
  `${attributes.indexOf(attribute)} ${workerKeys.has(attribute) ? value : searchForm(value)}`;

/** What nearly all of a cohort holds, as far as enough of it is still to be explained. */
function offerOf(cohort: Cohort, open: (cell: Cell) => readonly string[]): Offer[] {
  const people = cohort.cells.reduce((sum, cell) => sum + cell.people, 0);
  if (people < fewestPeople) return [];
  const held = countsOf(cohort.cells, (cell) => cell.held);
  const unexplained = [...countsOf(cohort.cells, open)].filter(
    ([key, number]) => number >= fewestPeople && isWorth(number, held.get(key) ?? 0, people),
  );
  if (unexplained.length === 0) return [];
  const entitlements = unexplained.map(([key]) => key).sort();
  const holding = entitlements.reduce((sum, key) => sum + (held.get(key) ?? 0), 0);
  const explains = unexplained.reduce((sum, [, number]) => sum + number, 0);
  const given = people * entitlements.length;
  return [{ cohort, entitlements, explains, worth: explains - (given - holding), precision: holding / given }];
}

/** Nearly all hold it, and it would reach fewer others than it explains. */
const isWorth = (explains: number, held: number, people: number): boolean =>
  held / people >= leastPrecision && explains > people - held;

/** The last one explains most, less what it would give to others; of equals it is the more precise, and then the simpler one. */
function compareOffers(one: Offer, other: Offer): number {
  return (
    one.worth - other.worth ||
    one.precision - other.precision ||
    other.cohort.conditions.length - one.cohort.conditions.length ||
    (one.cohort.key < other.cohort.key ? 1 : -1)
  );
}

/** Puts an offer where it belongs among sorted ones. */
function insert(offers: Offer[], offer: Offer): void {
  let [from, to] = [0, offers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const at = offers[middle];
    if (at !== undefined && compareOffers(at, offer) < 0) from = middle + 1;
    else to = middle;
  }
  offers.splice(from, 0, offer);
}

function ruleOf({ cohort, entitlements, explains, precision }: Offer, total: ReadonlyMap<string, number>): Suggestion {
  const { conditions, cells } = cohort;
  const people = cells.reduce((sum, cell) => sum + cell.people, 0);
  const holders = cells
    .filter(({ held }) => entitlements.every((key) => held.includes(key)))
    .reduce((sum, cell) => sum + cell.people, 0);
  const all = entitlements.reduce((sum, key) => sum + (total.get(key) ?? 0), 0);
  return {
    kind: 'birthright-rule',
    conditions,
    entitlements,
    people,
    holders,
    explains,
    precision,
    coverage: explains / all,
  };
}

/** How many people have each. */
export function countsOf(cells: readonly Cell[], keysOf: (cell: Cell) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const cell of cells) for (const key of keysOf(cell)) counts.set(key, (counts.get(key) ?? 0) + cell.people);
  return counts;
}

const without = (keys: readonly string[], gone: readonly string[]): string[] =>
  keys.filter((key) => !gone.includes(key));
