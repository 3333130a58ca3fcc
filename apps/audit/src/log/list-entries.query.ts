import { Injectable } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import { isUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { CheckedFilter } from './checked-filter.query.js';
import type { PublicEntry } from './entry.js';
import { People, type Person } from './people.query.js';
import { Titles, type Title } from './titles.query.js';
import { LeafParts, type OpenedPart } from './leaf-parts.store.js';
import { leafColumns, readLeaf, type LeafRow } from './leaf-row.js';

/** One entry of the log as an auditor reads it. */
export interface EntryView extends PublicEntry {
  readonly index: number;
  readonly identity: string | null;
  /** The names of the ids in the entry; null if it has none. */
  readonly named: {
    readonly identity: Person | null;
    readonly actor: Person | null;
    readonly application: Title | null;
  };
  /** SHA-256 of 0x00 and `leafData`, base64. */
  readonly leafHash: string;
  /** The text that was hashed. */
  readonly leafData: string;
  /** Its personal parts; `fields` is null for a forgotten person. */
  readonly personal: readonly { readonly subject: string; readonly fields: OpenedPart['fields'] }[];
}

export class ListEntries extends Query<Page<EntryView>> {
  constructor(
    readonly limit: number,
    readonly cursor: string | undefined,
    readonly filter: string | undefined,
  ) {
    super();
  }
}

export class GetEntry extends Query<EntryView | null> {
  constructor(readonly index: number) {
    super();
  }
}

const columns: Readonly<Record<string, Column>> = {
  index: { sql: 'l.index', type: 'number' },
  id: { sql: 'l.event_id', type: 'uuid' },
  type: { sql: 'l.type', type: 'text' },
  source: { sql: 'l.source', type: 'text' },
  subject: { sql: 'l.subject', type: 'text' },
  sequence: { sql: 'l.sequence', type: 'number' },
  epoch: { sql: 'l.epoch', type: 'number' },
  actor: { sql: 'l.actor', type: 'text' },
  identity: { sql: 'l.identity', type: 'uuid' },
  application: { sql: 'l.application', type: 'key' },
  correlationId: { sql: 'l.correlation_id', type: 'uuid' },
  causationId: { sql: 'l.causation_id', type: 'uuid' },
  occurredAt: { sql: 'l.occurred_at', type: 'timestamp' },
  recordedAt: { sql: 'l.recorded_at', type: 'timestamp' },
};

type Row = LeafRow & { hash: Buffer };

/** Entries with their parts opened, and the people and applications in them named. */
@Injectable()
export class EntryViews {
  constructor(
    private readonly parts: LeafParts,
    private readonly people: People,
    private readonly titles: Titles,
  ) {}

  async of(rows: readonly Row[]): Promise<EntryView[]> {
    const leaves = rows.map((row) => ({ ...readLeaf(row), hash: row.hash, leafData: row.leaf_data }));
    const opened = await this.parts.of(leaves.map(({ index }) => index));
    const ids = leaves.flatMap(({ identity, entry }) => [identity ?? [], actorIn(entry) ?? []].flat());
    const person = await this.people.named(ids, everything);
    const titles = await this.titles.named(
      leaves.flatMap(({ entry }) => entry.application ?? []),
      everything,
    );
    return leaves.map(({ index, identity, entry, hash, leafData }) => {
      const personal = (opened.get(index) ?? []).map(({ subject, fields }) => ({ subject, fields }));
      const actor = actorIn(entry);
      const named = {
        identity: identity === null ? null : person(identity),
        actor: actor === null ? null : person(actor),
        application: entry.application === undefined ? null : titles.of('application', entry.application),
      };
      const leafHash = hash.toString('base64');
      return { ...withoutDigests(entry), index, identity, named, leafHash, leafData, personal };
    });
  }
}

/** Later than everything the log knows. */
const everything = '9999-12-31T23:59:59.999Z';

/** The identity that acted; null for a service, and for a token without identity. */
function actorIn({ actor }: PublicEntry): string | null {
  const [, id = ''] = /^identity\/(.+)$/.exec(actor) ?? [];
  return isUuid(id) ? id.toLowerCase() : null;
}

/** Entries in the order of the log. Every page is a constant number of statements. */
@QueryHandler(ListEntries)
export class ListEntriesHandler implements IQueryHandler<ListEntries> {
  constructor(
    private readonly db: Database,
    private readonly views: EntryViews,
    private readonly filters: CheckedFilter,
  ) {}

  async execute({ limit, cursor, filter }: ListEntries): Promise<Page<EntryView>> {
    const after = decodeCursor(cursor, ['index'])?.[0] ?? -1;
    const condition = await this.filters.condition(filter, columns, 3);
    const rows = await this.db.query<Row>(
      `select ${leafColumns}, l.hash from leaf l where l.index > $1::bigint and ${condition.sql} order by l.index limit $2`,
      [after, limit + 1, ...condition.params],
    );
    const views = await this.views.of(rows);
    return pageOf(
      views,
      limit,
      ({ index }) => [index],
      (view) => view,
    );
  }
}

@QueryHandler(GetEntry)
export class GetEntryHandler implements IQueryHandler<GetEntry> {
  constructor(
    private readonly db: Database,
    private readonly views: EntryViews,
  ) {}

  async execute({ index }: GetEntry): Promise<EntryView | null> {
    const rows = await this.db.query<Row>(`select ${leafColumns}, l.hash from leaf l where l.index = $1::bigint`, [
      index,
    ]);
    return (await this.views.of(rows))[0] ?? null;
  }
}

/** The digests of the parts are in `leafData`, for verifiers. */
function withoutDigests(entry: PublicEntry & { readonly parts?: unknown }): PublicEntry {
  const { parts: _, ...rest } = entry;
  return rest;
}
