/** A stream that a row was written from. */
export interface WrittenFrom {
  readonly id: string;
  /** Version of the fold that wrote the row; null where there is no row. */
  readonly fold: number | null;
}

/** Streams of one category, and which of them a row that was read shows. */
export interface ShownStreams<Row> {
  readonly streams: { readonly fold: number; rewrite(ids: readonly string[]): Promise<void> };
  readonly shownBy: (row: Row) => readonly WrittenFrom[];
}

/**
 * The rows of a read model that a query finds, all of them of the present folds: where another fold wrote one, its stream is folded, its
 * row written and the query asked again.
 */
export async function currentRows<Row>(
  read: () => Promise<Row[]>,
  ...shown: readonly ShownStreams<Row>[]
): Promise<Row[]> {
  const rows = await read();
  const written = await Promise.all(shown.map((one) => rewriteOld(one, rows)));
  return written.includes(true) ? await read() : rows;
}

async function rewriteOld<Row>({ streams, shownBy }: ShownStreams<Row>, rows: readonly Row[]): Promise<boolean> {
  const old = rows.flatMap(shownBy).filter(({ fold }) => fold !== null && fold !== streams.fold);
  if (old.length > 0) await streams.rewrite([...new Set(old.map(({ id }) => id))]);
  return old.length > 0;
}
