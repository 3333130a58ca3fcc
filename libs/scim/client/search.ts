import type { ScimProfile } from './profile.js';

/** What a list is asked for. */
export interface Search {
  readonly kind: 'Users' | 'Groups';
  /** Null for everything. */
  readonly filter: string | null;
  /** More of the query. */
  readonly more?: string;
  /** Resources on a page; what the profile says unless given. */
  readonly count?: number;
  /** An answer that does not say how many were found, or shows fewer, is refused. */
  readonly counted?: boolean;
}

/** Where a page begins: after so many found ones, or at a cursor. */
export interface Place {
  readonly found: number;
  readonly cursor: string | null;
}

/** The path of a page. */
export function pathOf(
  { paging, pageSize, usersPath, groupsPath }: ScimProfile,
  { kind, filter, more = '', count = pageSize }: Search,
  { found, cursor }: Place,
): string {
  const query = [
    ...(filter === null ? [] : [`filter=${encodeURIComponent(filter)}`]),
    ...(more === '' ? [] : [more]),
    ...placeIn(paging, { found, cursor }),
    ...(paging === 'none' ? [] : [`count=${count}`]),
  ];
  const path = kind === 'Users' ? usersPath : groupsPath;
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

function placeIn(paging: ScimProfile['paging'], { found, cursor }: Place): string[] {
  switch (paging) {
    case 'index':
      return [`startIndex=${found + 1}`];
    // RFC 9865 §2: a cursor without value asks for the first page.
    case 'cursor':
      return [cursor === null ? 'cursor' : `cursor=${encodeURIComponent(cursor)}`];
    case 'none':
      return [];
  }
}

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
  /** Where the list goes on, where the application pages by cursor; null after the last page. */
  readonly cursor: string | null;
}
