import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/page.js';
import type { Account } from './account.js';

/** An account as the hub knows it, beside how far it is from what is desired. */
export interface AccountView {
  readonly identity: string;
  readonly application: string;
  readonly account: string | null;
  readonly status: string;
  readonly userName: string | null;
  readonly groups: readonly string[];
  readonly inSync: boolean;
}

/** What waits for a person: the identity is the id to retry or dismiss. */
export interface ParkedView {
  readonly id: string;
  readonly application: string;
  readonly code: string;
  readonly detail: string;
  readonly since: string;
}

/** What was last desired is all there. */
const inSync = `coalesce(not d.dirty and a.state->'inSync'->>'epoch' = d.epoch::text and a.state->'inSync'->>'sequence' = d.sequence::text, false)`;

const accountColumns: Readonly<Record<string, Column>> = {
  identity: { sql: 'a.identity_id', type: 'uuid' },
  application: { sql: 'a.application', type: 'text' },
  account: { sql: 'a.account_id', type: 'text' },
  status: { sql: 'a.status', type: 'text' },
  userName: { sql: 'a.user_name', type: 'text' },
  inSync: { sql: inSync, type: 'boolean' },
};

const parkedColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'd.identity_id', type: 'uuid' },
  application: { sql: 'd.application', type: 'text' },
  code: { sql: 'd.parked_code', type: 'text' },
  since: { sql: 'd.parked_at', type: 'timestamp' },
};

const first = '00000000-0000-0000-0000-000000000000';

@Injectable()
export class AccountRows {
  constructor(private readonly db: Database) {}

  async accounts(connector: string, { limit, cursor, filter }: PageQuery): Promise<Page<AccountView>> {
    const condition = listCondition(filter, accountColumns, 4);
    const [after = first] = decodeCursor(cursor, ['uuid']) ?? [];
    const rows = await this.db.query<{
      identity_id: string;
      application: string;
      account_id: string | null;
      status: string;
      user_name: string | null;
      state: Account;
      in_sync: boolean;
    }>(
      `select a.identity_id, a.application, a.account_id, a.status, a.user_name, a.state, ${inSync} as in_sync
       from account a left join desired d on d.application = a.application and d.identity_id = a.identity_id
       where a.connector = $1 and a.identity_id > $2::uuid and (${condition.sql}) order by a.identity_id limit $3`,
      [connector, after, limit + 1, ...condition.params],
    );
    return pageOf(
      rows,
      limit,
      (row) => [row.identity_id],
      (row) => ({
        identity: row.identity_id,
        application: row.application,
        account: row.account_id,
        status: row.status,
        userName: row.user_name,
        groups: Object.keys(row.state.groups).sort(),
        inSync: row.in_sync,
      }),
    );
  }

  async parked(connector: string, { limit, cursor, filter }: PageQuery): Promise<Page<ParkedView>> {
    const condition = listCondition(filter, parkedColumns, 4);
    const [after = first] = decodeCursor(cursor, ['uuid']) ?? [];
    const rows = await this.db.query<{
      identity_id: string;
      application: string;
      parked_code: string;
      parked_detail: string;
      parked_at: Date;
    }>(
      `select d.identity_id, d.application, d.parked_code, d.parked_detail, d.parked_at
       from desired d join application p on p.id = d.application
       where p.connector_id = $1 and d.parked_code is not null and d.identity_id > $2::uuid and (${condition.sql})
       order by d.identity_id limit $3`,
      [connector, after, limit + 1, ...condition.params],
    );
    return pageOf(
      rows,
      limit,
      (row) => [row.identity_id],
      (row) => ({
        id: row.identity_id,
        application: row.application,
        code: row.parked_code,
        detail: row.parked_detail,
        since: row.parked_at.toISOString(),
      }),
    );
  }
}
