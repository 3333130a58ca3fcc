import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/filter-input.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/page.js';
import type { PublicEntry } from './entry.js';
import { LeafParts, type OpenedPart } from './leaf-parts.store.js';
import { leafColumns, readLeaf, type LeafRow } from './leaf-row.js';

/** One entry of the log as an auditor reads it. */
export interface EntryView extends PublicEntry {
  readonly index: number;
  readonly identity: string | null;
  /** SHA-256 of 0x00 and `leafData`, base64. */
  readonly leafHash: string;
  /** The text that was hashed. */
  readonly leafData: string;
  /** What it says about people; `fields` is null for one who is forgotten. */
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

/** Entries in the order of the log. Every page is two statements and one for the keys of the people in it. */
@QueryHandler(ListEntries)
export class ListEntriesHandler implements IQueryHandler<ListEntries> {
  constructor(
    private readonly db: Database,
    private readonly parts: LeafParts,
  ) {}

  async execute({ limit, cursor, filter }: ListEntries): Promise<Page<EntryView>> {
    const after = decodeCursor(cursor, ['index'])?.[0] ?? -1;
    const condition = listCondition(filter, columns, 3);
    const rows = await this.db.query<Row>(
      `select ${leafColumns}, l.hash from leaf l where l.index > $1::bigint and ${condition.sql} order by l.index limit $2`,
      [after, limit + 1, ...condition.params],
    );
    const views = await viewsOf(rows, this.parts);
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
    private readonly parts: LeafParts,
  ) {}

  async execute({ index }: GetEntry): Promise<EntryView | null> {
    const rows = await this.db.query<Row>(`select ${leafColumns}, l.hash from leaf l where l.index = $1::bigint`, [
      index,
    ]);
    return (await viewsOf(rows, this.parts))[0] ?? null;
  }
}

async function viewsOf(rows: readonly Row[], parts: LeafParts): Promise<EntryView[]> {
  const opened = await parts.of(rows.map(({ index }) => Number(index)));
  return rows.map((row) => {
    const { index, identity, entry } = readLeaf(row);
    const personal = (opened.get(index) ?? []).map(({ subject, fields }) => ({ subject, fields }));
    return {
      ...withoutDigests(entry),
      index,
      identity,
      leafHash: row.hash.toString('base64'),
      leafData: row.leaf_data,
      personal,
    };
  });
}

/** Digests of the parts stand in `leafData`, for those who check. */
function withoutDigests(entry: PublicEntry & { readonly parts?: unknown }): PublicEntry {
  const { parts: _, ...rest } = entry;
  return rest;
}
