import { Injectable } from '@nestjs/common';
import { accessPackageDefined, applicationDefined, birthrightRuleDefined } from '#libs/contracts/catalog.js';
import { Database } from '#libs/event-store/database.js';
import { leafColumns, readLeaf, type LeafRow } from './leaf-row.js';

/** The name of an administrator's object; null if no entry names it. */
export interface Title {
  readonly id: string;
  readonly displayName: string | null;
}

/** What has a title in the catalog. */
const types = {
  application: applicationDefined,
  package: accessPackageDefined,
  rule: birthrightRuleDefined,
} as const;
export type Titled = keyof typeof types;

/** Titles, and the entries that give them. */
export interface KnownTitles {
  of(kind: Titled, id: string): Title;
  readonly entries: readonly number[];
}

/** Titles of applications, packages and rules, from the newest entry about each. */
@Injectable()
export class Titles {
  constructor(private readonly db: Database) {}

  /** As the log knew them at `knownAt`, in one statement. */
  async named(ids: Iterable<string>, knownAt: string): Promise<KnownTitles> {
    const rows = await this.db.query<LeafRow & Record<string, unknown>>(
      `select distinct on (l.subject, l.type) ${leafColumns} from leaf l
       where l.subject = any($1::text[]) and l.type = any($2::text[]) and l.recorded_at <= $3::timestamptz
       order by l.subject, l.type, l.epoch desc, l.sequence desc`,
      [[...new Set(ids)], Object.values(types), knownAt],
    );
    const leaves = rows.map(readLeaf);
    const names = new Map(leaves.map(({ entry }) => [`${entry.type} ${entry.subject}`, displayNameIn(entry.data)]));
    return {
      of: (kind, id) => ({ id, displayName: names.get(`${types[kind]} ${id}`) ?? null }),
      entries: leaves.map(({ index }) => index),
    };
  }
}

function displayNameIn(data: object): string | null {
  const { displayName } = data as { readonly displayName?: unknown };
  return typeof displayName === 'string' && displayName !== '' ? displayName : null;
}
