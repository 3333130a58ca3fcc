/** What desired access says of a person. */
export interface CarriedAttributes {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What the attributes were made from, sorted; absent for everything. */
  readonly sources?: readonly string[];
}

/** Under which name desired access has a source; any other has its own. */
const names: Readonly<Record<string, string>> = { manager: 'managerIdentity' };

/** What of these attributes a connector reads. @param sources null for all of them */
export function carriedBy(
  attributes: CarriedAttributes['attributes'],
  sources: readonly string[] | null,
): CarriedAttributes {
  if (sources === null) return { attributes };
  const read = [...new Set(sources)].sort();
  const own = read.filter((source) => !source.startsWith(customPrefix)).map((source) => names[source] ?? source);
  const custom = picked(
    attributes['custom'],
    read.filter((source) => source.startsWith(customPrefix)).map((source) => source.slice(customPrefix.length)),
  );
  const isEmpty = Object.keys(custom).length === 0;
  return { attributes: { ...picked(attributes, own), ...(isEmpty ? {} : { custom }) }, sources: read };
}

/** What was carried before and is read now, and nothing else: of somebody without access nothing new is said. */
export function carriedFurther(before: CarriedAttributes, sources: readonly string[] | null): CarriedAttributes {
  const { attributes, sources: known } = before;
  if (sources === null) return before;
  return carriedBy(attributes, known === undefined ? sources : sources.filter((one) => known.includes(one)));
}

const customPrefix = 'custom.';

function picked(values: unknown, wanted: readonly string[]): Record<string, unknown> {
  if (typeof values !== 'object' || values === null) return {};
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted.includes(name)));
}
