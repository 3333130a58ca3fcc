import { Injectable } from '@nestjs/common';
import type { Effect, Seen } from '#libs/contracts/provisioning-results.js';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { lastUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, encodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { outcomes } from './account.published.js';
import { Accounts } from './accounts.stream.js';

/** One line of the provisioning log. */
export interface OperationView {
  readonly id: string;
  readonly operation: string;
  readonly type: string;
  readonly kind: string;
  readonly identity: string;
  readonly account: string | null;
  readonly group: string | null;
  readonly role: string | null;
  readonly status: number | null;
  readonly code: string | null;
  /** Of a failed call: whether it can have taken effect. */
  readonly effect: Effect | null;
  /** Of what gives access: what the application showed of it afterwards. */
  readonly seen: Seen | null;
  readonly because: readonly string[];
  readonly at: string;
}

const typeOf = Object.entries(outcomes).map(([fact, type]) => `when '${fact}' then '${type}'`);
const publicType = `case o.fact ${typeOf.join(' ')} end`;
const named = (kind: 'group' | 'role'): string => `case o.entitlement_kind when '${kind}' then o.entitlement_name end`;

const filterColumns: Readonly<Record<string, Column>> = {
  operation: { sql: 'o.operation::text', type: 'text' },
  type: { sql: `(${publicType})`, type: 'text' },
  kind: { sql: 'o.kind', type: 'text' },
  identity: { sql: 'o.identity_id::text', type: 'text' },
  account: { sql: 'o.account_id', type: 'text' },
  group: { sql: `(${named('group')})`, type: 'text' },
  role: { sql: `(${named('role')})`, type: 'text' },
  status: { sql: 'o.status', type: 'number' },
  code: { sql: 'o.code', type: 'text' },
  effect: { sql: 'o.effect', type: 'text' },
  seen: { sql: 'o.seen', type: 'text' },
  at: { sql: 'o.at', type: 'timestamp' },
};

const columns = `o.id, o.operation, ${publicType} as type, o.kind, o.identity_id as identity, o.account_id as account, ${named('group')} as "group",
  ${named('role')} as role, o.status, o.code, o.effect, o.seen, o.because::text[] as because, o.at, o.fold`;

/** Maximum of rows that are read for one page. A page with fewer results says where the next one begins. */
const lookedThrough = 5_000;

type Row = Omit<OperationView, 'at'> & { readonly at: Date; readonly fold: number };

/** The provisioning log: outcomes of operations, newest first. */
@Injectable()
export class Operations {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
  ) {}

  /** Of one identity behind a connector. */
  async ofIdentity(
    connector: string,
    identity: string,
    { limit, cursor, filter }: PageQuery,
  ): Promise<Page<OperationView>> {
    const [before = 2_147_483_647] = decodeCursor(cursor, ['index']) ?? [];
    const condition = listCondition(filter, filterColumns, 5);
    const rows = await this.current<Row & { version: number }>(
      connector,
      `select ${columns}, o.version from operation o
       where o.connector = $1 and o.identity_id = $2::uuid and o.version < $3::bigint and (${condition.sql})
       order by o.version desc limit $4`,
      [connector, identity, before, limit + 1, ...condition.params],
    );
    return pageOf(rows, limit, (row) => [row.version], viewOf);
  }

  /** Of everybody behind a connector. */
  async ofConnector(connector: string, { limit, cursor, filter }: PageQuery): Promise<Page<OperationView>> {
    const [before] = decodeCursor(cursor, ['uuid']) ?? [lastUuid];
    const condition = listCondition(filter, filterColumns, 4);
    const rows = await this.current<Row>(
      connector,
      `select ${columns} from (
         select * from operation where connector = $1 and id < $2::uuid order by id desc limit ${lookedThrough}
       ) o where ${condition.sql} order by o.id desc limit $3`,
      [connector, before, limit + 1, ...condition.params],
    );
    const page = pageOf(rows, limit, ({ id }) => [id], viewOf);
    if (page.nextCursor !== null) return page;
    const last = await this.lastLookedAt(connector, before);
    return last === null ? page : { ...page, nextCursor: encodeCursor([last]) };
  }

  private async current<R extends Row>(connector: string, sql: string, params: readonly unknown[]): Promise<R[]> {
    return await currentRows(() => this.db.query<R>(sql, params), {
      streams: this.accounts,
      shownBy: ({ identity, fold }) => [{ id: Accounts.idOf(identity, connector), fold }],
    });
  }

  /** The last row that a page looked at; null when it reached the end. */
  private async lastLookedAt(connector: string, before: string): Promise<string | null> {
    const [row] = await this.db.query<{ id: string }>(
      `select id from operation where connector = $1 and id < $2::uuid order by id desc offset ${lookedThrough - 1} limit 1`,
      [connector, before],
    );
    return row?.id ?? null;
  }
}

function viewOf(row: Row): OperationView {
  const { id, operation, type, kind, identity, account, group, role, status, code, effect, seen, because, at } = row;
  const about = { id, operation, type, kind, identity, account, group, role };
  return { ...about, status, code, effect, seen, because, at: at.toISOString() };
}
