/** Asked for at a time: what every known application gives at most. */
export const pageSize = 100;

/** What a list is asked for. */
export interface Search {
  readonly kind: 'Users' | 'Groups';
  readonly filter: string;
  /** More of the query. */
  readonly more?: string;
  /** An answer that does not say how many were found, or shows fewer, is refused. */
  readonly counted?: boolean;
}

/** The path of the page that follows so many found ones. */
export const pathOf = ({ kind, filter, more = '' }: Search, found: number): string =>
  `/${kind}?filter=${encodeURIComponent(filter)}${more}&startIndex=${found + 1}&count=${pageSize}`;

/** An application may count two resources of one id as two: on the first page that is no sign of a second. */
export const isWhole = (page: { before: number; found: number; shown: number; total: number }): boolean =>
  page.found >= page.total || (page.before === 0 && page.shown >= page.total);

/** One page of a list, as the application shows it. */
export interface ListPage<Resource> {
  /** Each with what tells it from the others. Null: it has no id that can be kept. */
  readonly entries: readonly (readonly [key: string, resource: Resource | null])[];
  /** How many there are; null where the application does not say. */
  readonly total: number | null;
  readonly asked: number;
}
