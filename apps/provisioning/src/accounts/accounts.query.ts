import { Injectable } from '@nestjs/common';
import { entitlementOf, readEntitlement, type EntitlementKind } from '#libs/contracts/entitlement.js';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { accountCoverage, type AccountCoverage, type Coverage } from '../coverages/coverages.exports.js';
import { Accounts } from './accounts.stream.js';

/** An account, existing or to be created, and whether it matches its desired access. */
export interface AccountView {
  readonly identity: string;
  readonly application: string;
  readonly account: string | null;
  readonly status: string;
  readonly userName: string | null;
  readonly groups: readonly string[];
  readonly roles: readonly string[];
  readonly inSync: boolean;
  /** The connector's scope leaves the person out: what is desired is not given. */
  readonly outOfScope: boolean;
  /** When the disabled account will be deleted; null where it will not. */
  readonly deletesAt: string | null;
  /** The hub works on it, or will as soon as the connector allows it; false also for what a person dismissed. */
  readonly waiting: boolean;
  /** Failed attempts in a row; the hub tries again. */
  readonly attempts: number;
  /** Since when; null while the last try did not fail. */
  readonly failingSince: string | null;
  /** The outcome of the last attempt. */
  readonly lastFailure: { readonly code: string; readonly status: number | null; readonly at: string } | null;
  /** It waits for a person: the code, as in the list of parked accounts. */
  readonly parked: string | null;
  /** What readings of the application say of it. */
  readonly coverage: AccountCoverage;
}

/** What waits for a person: the identity is the id to retry or dismiss. */
export interface ParkedView {
  readonly id: string;
  readonly application: string;
  readonly code: string;
  readonly detail: string;
  readonly since: string;
}

/** The account matches the newest desired access. */
const inSync = `coalesce(not d.dirty and a.state->'inSync'->>'epoch' = d.epoch::text and a.state->'inSync'->>'sequence' = d.sequence::text, false)`;
const outOfScope = `coalesce(not d.dirty and a.state->'outOfScope'->>'epoch' = d.epoch::text and a.state->'outOfScope'->>'sequence' = d.sequence::text, false)`;
const status = `coalesce(a.status, 'absent')`;
const waiting = `(d.dirty and d.parked_code is null)`;
const failingSince = `case when d.attempts > 0 then d.failing_since end`;

const accountColumns: Readonly<Record<string, Column>> = {
  identity: { sql: 'd.identity_id', type: 'uuid' },
  application: { sql: 'd.application', type: 'key' },
  account: { sql: 'a.account_id', type: 'text' },
  status: { sql: status, type: 'text' },
  userName: { sql: 'a.user_name', type: 'text' },
  inSync: { sql: inSync, type: 'boolean' },
  outOfScope: { sql: outOfScope, type: 'boolean' },
  deletesAt: { sql: 'a.delete_at', type: 'timestamp' },
  waiting: { sql: waiting, type: 'boolean' },
  attempts: { sql: 'd.attempts', type: 'number' },
  failingSince: { sql: `(${failingSince})`, type: 'timestamp' },
  parked: { sql: 'd.parked_code', type: 'text' },
};

const parkedColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'd.identity_id', type: 'uuid' },
  application: { sql: 'd.application', type: 'key' },
  code: { sql: 'd.parked_code', type: 'text' },
  since: { sql: 'd.parked_at', type: 'timestamp' },
};

interface Place {
  readonly identity_id: string;
  readonly application: string;
}

interface AccountRow extends Place {
  readonly account_id: string | null;
  readonly status: string;
  readonly user_name: string | null;
  readonly granted: unknown;
  readonly in_sync: boolean;
  readonly out_of_scope: boolean;
  readonly delete_at: Date | null;
  readonly waiting: boolean;
  readonly attempts: number;
  readonly failing_since: Date | null;
  readonly failure_code: string | null;
  readonly failure_status: number | null;
  readonly failed_at: Date | null;
  readonly fold: number | null;
  readonly failure_fold: number | null;
  readonly updated_at: Date | null;
  readonly shown: boolean;
  readonly missing_since: Date | null;
  readonly parked_code: string | null;
}

interface ParkedRow extends Place {
  readonly parked_code: string;
  readonly parked_detail: string;
  readonly parked_at: Date;
}

const noCursor = [firstUuid, ''] as const;

/** All people for whom a connector has, or had, something to do, by identity, then application. */
@Injectable()
export class AccountRows {
  constructor(
    private readonly db: Database,
    private readonly streams: Accounts,
  ) {}

  /** @param coverage of the application */
  async accounts(connector: string, coverage: Coverage, query: PageQuery): Promise<Page<AccountView>> {
    const columns = `a.account_id, ${status} as status, a.user_name, a.state->'granted' as granted, ${inSync} as in_sync, ${outOfScope} as out_of_scope, a.delete_at, ${waiting} as waiting,
      d.attempts, ${failingSince} as failing_since, f.code as failure_code, f.status as failure_status, f.occurred_at as failed_at, d.parked_code, a.fold, f.fold as failure_fold,
      a.updated_at, o.account_id is not null as shown, o.missing_since`;
    const also = `left join account a on a.connector = $1 and a.identity_id = d.identity_id and a.application = d.application
      left join lateral (
        select o.code, o.status, o.at as occurred_at, o.fold from operation o
        where o.connector = $1 and o.identity_id = d.identity_id and o.fact = 'OperationFailed' order by o.version desc limit 1
      ) f on d.attempts > 0
      left join observed_account o on o.connector = $1 and o.account_id = a.account_id`;
    const find = (): Promise<AccountRow[]> =>
      this.rows<AccountRow>(connector, query, accountColumns, { columns, also });
    const rows = await currentRows(find, {
      streams: this.streams,
      shownBy: ({ identity_id: identity, fold, failure_fold: ofFailure }) =>
        [fold, ofFailure].map((one) => ({ id: Accounts.idOf(identity, connector), fold: one })),
    });
    return pageOf(rows, query.limit, keyOf, (row) => ({ ...accountOf(row), coverage: coverageOf(row, coverage) }));
  }

  async parked(connector: string, query: PageQuery): Promise<Page<ParkedView>> {
    const columns = 'd.parked_code, d.parked_detail, d.parked_at';
    const which = 'and d.parked_code is not null';
    const rows = await this.rows<ParkedRow>(connector, query, parkedColumns, { columns, which });
    return pageOf(rows, query.limit, keyOf, parkedOf);
  }

  private async rows<Row extends Place>(
    connector: string,
    { limit, cursor, filter }: PageQuery,
    filterColumns: Readonly<Record<string, Column>>,
    { columns, also = '', which = '' }: { columns: string; also?: string; which?: string },
  ): Promise<Row[]> {
    const condition = listCondition(filter, filterColumns, 5);
    return await this.db.query<Row & Record<string, unknown>>(
      `select d.identity_id, d.application, ${columns}
       from desired d join application p on p.id = d.application ${also}
       where p.connector_id = $1 ${which} and (d.identity_id, d.application) > ($2::uuid, $3::text) and (${condition.sql})
       order by d.identity_id, d.application limit $4`,
      [connector, ...(decodeCursor(cursor, ['uuid', 'text']) ?? noCursor), limit + 1, ...condition.params],
    );
  }
}

const keyOf = ({ identity_id: identity, application }: Place): [string, string] => [identity, application];

function coverageOf({ account_id, updated_at, shown, missing_since }: AccountRow, coverage: Coverage): AccountCoverage {
  return accountCoverage(coverage, {
    exists: account_id !== null,
    writtenAt: updated_at?.toISOString() ?? null,
    isShown: shown,
    missingSince: missing_since?.toISOString() ?? null,
  });
}

function accountOf(row: AccountRow): Omit<AccountView, 'coverage'> {
  const { failure_code: code, failure_status: answered, failed_at: at } = row;
  return {
    identity: row.identity_id,
    application: row.application,
    account: row.account_id,
    status: row.status,
    userName: row.user_name,
    groups: namesOf(row.granted, 'group'),
    roles: namesOf(row.granted, 'role'),
    inSync: row.in_sync,
    outOfScope: row.out_of_scope,
    deletesAt: row.delete_at?.toISOString() ?? null,
    waiting: row.waiting,
    attempts: row.attempts,
    failingSince: row.failing_since?.toISOString() ?? null,
    lastFailure: code === null || at === null ? null : { code, status: answered, at: at.toISOString() },
    parked: row.parked_code,
  };
}

/** Names of one kind among what a row says was granted with an account. */
function namesOf(granted: unknown, kind: EntitlementKind): string[] {
  const holdings = typeof granted === 'object' && granted !== null ? Object.values(granted) : [];
  return holdings
    .flatMap((one: unknown) => {
      const stored = typeof one === 'object' && one !== null && 'entitlement' in one ? one.entitlement : null;
      const fields = readEntitlement(stored);
      const found = fields === null ? null : entitlementOf('', fields);
      return found?.kind === kind && found.name !== null ? [found.name] : [];
    })
    .sort();
}

function parkedOf(row: ParkedRow): ParkedView {
  return {
    id: row.identity_id,
    application: row.application,
    code: row.parked_code,
    detail: row.parked_detail,
    since: row.parked_at.toISOString(),
  };
}
