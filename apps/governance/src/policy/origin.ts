/** A fact of the catalog that something else follows from. */
export interface Origin {
  readonly causationId: string;
  readonly correlationId: string;
}

/** The one that was recorded last; null when there is none. */
export function latest(origins: readonly (Origin | null)[]): Origin | null {
  const known = origins.filter((origin) => origin !== null);
  return known.reduce<Origin | null>(
    (last, origin) => (last === null || last.causationId < origin.causationId ? origin : last),
    null,
  );
}
