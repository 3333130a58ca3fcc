import { Injectable } from '@nestjs/common';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import type { DiscoveredKind } from './entitlement.events.js';
import { Entitlements } from './entitlements.stream.js';

/** Something that an application has to grant. */
export interface EntitlementView {
  readonly kind: DiscoveredKind;
  /** The application's own id. */
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** A complete reading did not show it any more. */
  readonly gone: boolean;
  readonly changedAt: string;
}

interface Row extends Omit<EntitlementView, 'changedAt'> {
  readonly changed_at: Date;
  readonly fold: number;
}

const columns: Readonly<Record<string, Column>> = {
  kind: { sql: 'kind', type: 'text' },
  id: { sql: 'id', type: 'key' },
  name: { sql: 'name', type: 'text' },
  description: { sql: 'description', type: 'text' },
  gone: { sql: 'gone', type: 'boolean' },
  changedAt: { sql: 'changed_at', type: 'timestamp' },
};

/** What the applications have to grant, by kind and id. */
@Injectable()
export class EntitlementRows {
  constructor(
    private readonly db: Database,
    private readonly entitlements: Entitlements,
  ) {}

  async page(connector: string, { limit, cursor, filter }: PageQuery): Promise<Page<EntitlementView>> {
    const condition = listCondition(filter, columns, 5);
    const find = (): Promise<Row[]> =>
      this.db.query<Row & Record<string, unknown>>(
        `select kind, id, name, description, gone, changed_at, fold from discovered_entitlement
       where connector = $1 and (kind, id) > ($2::text, $3::text) and (${condition.sql}) order by kind, id limit $4`,
        [connector, ...(decodeCursor(cursor, ['text', 'text']) ?? ['', '']), limit + 1, ...condition.params],
      );
    const rows = await currentRows(find, {
      streams: this.entitlements,
      shownBy: ({ kind, id, fold }) => [{ id: Entitlements.idOf(connector, kind, id), fold }],
    });
    return pageOf<Row, EntitlementView>(rows, limit, ({ kind, id }) => [kind, id], viewOf);
  }
}

function viewOf({ kind, id, name, description, gone, changed_at }: Row): EntitlementView {
  return { kind, id, name, description, gone, changedAt: changed_at.toISOString() };
}
