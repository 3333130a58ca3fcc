import { type Cell, fewestPeople, leastTogether, type Suggestion } from './suggestion.js';
import { countsOf } from './rules.js';

/** What people hold together. */
interface Together {
  readonly keys: readonly string[];
  readonly people: number;
}

/** Sets of entitlements compared with each other, at most. */
const mostCompared = 50;
/** Different sets that people hold, at most: the most frequent ones. */
const mostSets = 2000;

/**
 * Packages of what the same people hold together, the best first. What an earlier package explains counts for no later one.
 * @param cells with what no rule explains
 * @param total how many people were found with each entitlement
 */
export function suggestedPackages(
  cells: readonly Cell[],
  total: ReadonlyMap<string, number>,
  limit: number,
): Suggestion[] {
  const packages: Suggestion[] = [];
  let open = togetherIn(cells);
  while (packages.length < limit) {
    const best = bestOf(open);
    if (best === null) break;
    packages.push(packageOf(best, open, total));
    open = merged(
      open.map(({ keys, people }) => ({
        keys: holdsAll(keys, best) ? keys.filter((key) => !best.includes(key)) : keys,
        people,
      })),
    );
  }
  return packages;
}

const togetherIn = (cells: readonly Cell[]): Together[] =>
  merged(cells.map(({ found, people }) => ({ keys: [...found].sort(), people })));

function merged(sets: readonly Together[]): Together[] {
  const groups = Map.groupBy(
    sets.filter(({ keys }) => keys.length > 0),
    ({ keys }) => keys.join('\n'),
  );
  return [...groups.values()]
    .map((same) => ({ keys: same[0]?.keys ?? [], people: same.reduce((sum, { people }) => sum + people, 0) }))
    .sort((a, b) => b.people - a.people)
    .slice(0, mostSets);
}

/** The set that explains most: one that people hold, or what two such sets have in common. */
function bestOf(open: readonly Together[]): readonly string[] | null {
  let best: { readonly keys: readonly string[]; readonly explains: number } | null = null;
  for (const keys of candidates(open)) {
    const people = peopleWith(keys, open);
    const explains = people * keys.length;
    if (people < fewestPeople || people / peopleWithAny(keys, open) < leastTogether) continue;
    if (best === null || explains > best.explains) best = { keys, explains };
  }
  return best?.keys ?? null;
}

function candidates(open: readonly Together[]): (readonly string[])[] {
  const most = open.filter(({ keys }) => keys.length > 1).slice(0, mostCompared);
  const shared = most.flatMap(({ keys }, place) =>
    most.slice(place + 1).map((other) => keys.filter((key) => other.keys.includes(key))),
  );
  const sets = [...most.map(({ keys }) => keys), ...shared].filter((keys) => keys.length > 1);
  return [...new Map(sets.map((keys) => [keys.join('\n'), keys])).values()];
}

function packageOf(
  entitlements: readonly string[],
  open: readonly Together[],
  total: ReadonlyMap<string, number>,
): Suggestion {
  const [holders, people] = [peopleWith(entitlements, open), peopleWithAny(entitlements, open)];
  const explains = holders * entitlements.length;
  const all = entitlements.reduce((sum, key) => sum + (total.get(key) ?? 0), 0);
  const shares = { precision: holders / people, coverage: explains / all };
  return { kind: 'access-package', conditions: [], entitlements, people, holders, explains, ...shares };
}

const holdsAll = (keys: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((key) => keys.includes(key));

const peopleWith = (wanted: readonly string[], open: readonly Together[]): number =>
  open.filter(({ keys }) => holdsAll(keys, wanted)).reduce((sum, { people }) => sum + people, 0);

const peopleWithAny = (wanted: readonly string[], open: readonly Together[]): number =>
  open.filter(({ keys }) => wanted.some((key) => keys.includes(key))).reduce((sum, { people }) => sum + people, 0);

/** How many people were found with each. */
export const foundIn = (cells: readonly Cell[]): Map<string, number> => countsOf(cells, ({ found }) => found);
