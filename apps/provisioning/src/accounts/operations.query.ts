import { Injectable } from '@nestjs/common';
import type { Effect, ResultMessage, Seen } from '#libs/contracts/provisioning-results.js';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, encodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import type { OperationTerms } from './account.events.js';
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
  readonly status: number | null;
  readonly code: string | null;
  /** Of a failed call: whether it can have taken effect. */
  readonly effect: Effect | null;
  /** Of what gives access: what the application showed of it afterwards. */
  readonly seen: Seen | null;
  readonly because: readonly string[];
  readonly at: string;
}

const facts = Object.keys(outcomes) as (keyof typeof outcomes)[];
const publicType = `case e.type ${facts.map((fact) => `when '${fact}' then '${outcomes[fact]}'`).join(' ')} end`;
const data = 'e.data::jsonb';
const filterColumns: Readonly<Record<string, Column>> = {
  operation: { sql: `(${data}->>'operation')`, type: 'text' },
  type: { sql: `(${publicType})`, type: 'text' },
  kind: { sql: `(${data}->>'kind')`, type: 'text' },
  identity: { sql: `(${data}->>'identityId')`, type: 'text' },
  account: { sql: `(${data}->>'accountId')`, type: 'text' },
  group: { sql: `(${data}->>'group')`, type: 'text' },
  status: { sql: `(${data}->>'status')::int`, type: 'number' },
  code: { sql: `(${data}->>'code')`, type: 'text' },
  effect: { sql: `(${data}->>'effect')`, type: 'text' },
  seen: { sql: `(${data}->>'seen')`, type: 'text' },
  at: { sql: 'e.occurred_at', type: 'timestamp' },
};

/** Facts looked through for one page; a page that found less than asked for says where to go on. */
const lookedThrough = 5_000;
const newest = Number.MAX_SAFE_INTEGER;

interface Row {
  readonly id: string;
  readonly type: keyof typeof outcomes;
  readonly data: string;
  readonly occurred_at: Date;
}
interface Place {
  readonly epoch: number;
  readonly tx: string;
  readonly position: string;
}

/** The provisioning log: outcomes of operations, newest first, read from the facts themselves. */
@Injectable()
export class Operations {
  constructor(private readonly db: Database) {}

  /** Of one identity behind a connector. */
  async ofIdentity(
    connector: string,
    identity: string,
    { limit, cursor, filter }: PageQuery,
  ): Promise<Page<OperationView>> {
    const [before = 2_147_483_647] = decodeCursor(cursor, ['index']) ?? [];
    const condition = listCondition(filter, filterColumns, 5);
    const rows = await this.db.query<Row & { version: number }>(
      `select e.id, e.type, e.data, e.occurred_at, e.version from events e
       where e.stream = $1 and e.version < $2::bigint and e.type = any($3::text[]) and (${condition.sql})
       order by e.version desc limit $4`,
      [`account-${Accounts.idOf(identity, connector)}`, before, facts, limit + 1, ...condition.params],
    );
    return pageOf(rows, limit, (row) => [row.version], viewOf);
  }

  /** Of everybody behind a connector. */
  async ofConnector(connector: string, { limit, cursor, filter }: PageQuery): Promise<Page<OperationView>> {
    const [epoch, tx, position] = decodeCursor(cursor, ['index', 'index', 'index']) ?? [2_147_483_647, newest, newest];
    const condition = listCondition(filter, filterColumns, 8);
    // A made-up place must not reach the database as a number it cannot hold.
    const place = [Math.min(epoch, 2_147_483_647), String(tx), String(position)];
    const rows = await this.db.query<(Row | { id: null }) & Place & { more: boolean }>(
      `with scanned as materialized (
         select * from events where (epoch, tx, position) < ($1::int, $2::xid8, $3::bigint)
         order by epoch desc, tx desc, position desc limit $4
       ), last as (
         select *, (select count(*) from scanned) >= $4 as more from scanned order by epoch, tx, position limit 1
       ), found as (
         select e.* from scanned e
         where e.type = any($5::text[]) and split_part(e.stream, '.', 2) = $6 and (${condition.sql})
         order by e.epoch desc, e.tx desc, e.position desc limit $7
       )
       select f.id, f.type, f.data, f.occurred_at, f.epoch, f.tx::text, f.position, l.more from found f cross join last l
       union all
       select null, null, null, null, l.epoch, l.tx::text, l.position, l.more from last l
       order by epoch desc, tx desc, position desc`,
      [...place, lookedThrough, facts, connector, limit + 1, ...condition.params],
    );
    const found = rows.filter((row): row is Row & Place & { more: boolean } => row.id !== null);
    const page = pageOf(found, limit, placeOf, viewOf);
    const end = rows.find(({ id }) => id === null);
    const goOn = page.nextCursor === null && end?.more === true;
    return goOn ? { ...page, nextCursor: encodeCursor(placeOf(end)) } : page;
  }
}

type StoredTerms = OperationTerms & Pick<ResultMessage, 'status' | 'code' | 'effect' | 'seen'>;

const isTerms = hasShape<OperationTerms>({
  operation: 'text',
  kind: 'text',
  connector: 'text',
  application: 'text',
  identityId: 'text',
  accountId: 'any',
  group: 'any',
  desired: 'object',
  because: 'list',
});

function placeOf({ epoch, tx, position }: Place): [number, number, number] {
  return [epoch, Number(tx), Number(position)];
}

function viewOf({ id, type, data: text, occurred_at: at }: Row): OperationView {
  const terms = parsed<StoredTerms>(`operation ${id}`, isTerms, JSON.parse(text));
  return {
    id,
    operation: terms.operation,
    type: outcomes[type],
    kind: terms.kind,
    identity: terms.identityId,
    account: terms.accountId,
    group: terms.group,
    status: terms.status ?? null,
    code: terms.code ?? null,
    effect: terms.effect ?? null,
    seen: terms.seen ?? null,
    because: terms.because,
    at: at.toISOString(),
  };
}
