import { Injectable } from '@nestjs/common';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { Connectors } from '../connectors/connectors.exports.js';
import { shownPersonSql } from './shown-person.query.js';
import { Accounts } from './accounts.stream.js';
import { stillEnabled } from './still-enabled.js';

/** A leaver whose account may still be usable. */
export interface LeaverStillEnabled {
  readonly person: { readonly id: string; readonly employeeId: string | null; readonly displayName: string | null };
  readonly application: { readonly id: string; readonly displayName: string };
  readonly connector: { readonly id: string; readonly displayName: string };
  /** The application's own id of the account; null while unknown. */
  readonly account: string | null;
  readonly since: string;
  /** Stable, for programs. */
  readonly code: string;
  readonly why: string;
}

interface Row {
  readonly identity_id: string;
  readonly application: string;
  readonly since_us: string;
  readonly received_at: Date;
  readonly employee_id: string | null;
  readonly display_name: string | null;
  readonly application_name: string;
  readonly connector: string;
  readonly connector_name: string | null;
  readonly mode: string | null;
  readonly account_id: string | null;
  readonly parked_code: string | null;
  readonly parked_detail: string | null;
  readonly dismissed_code: string | null;
  readonly attempts: number;
  readonly failure_code: string | null;
  readonly failure_status: number | null;
  readonly state: string | null;
  readonly detail: string | null;
  readonly fold: number;
  readonly failure_fold: number | null;
  readonly connector_fold: number | null;
}

const person = shownPersonSql('d');
const sinceUs = `(extract(epoch from d.received_at) * 1000000)::bigint`;
const filterColumns: Readonly<Record<string, Column>> = {
  'person.id': { sql: 'd.identity_id', type: 'uuid' },
  'person.employeeId': { sql: `(${person.employeeId})`, type: 'text' },
  application: { sql: 'd.application', type: 'text' },
  connector: { sql: 'p.connector_id', type: 'text' },
  since: { sql: 'd.received_at', type: 'timestamp' },
};

/** Leavers whose account is not known to be disabled, oldest first, over all connectors. */
@Injectable()
export class Leavers {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
    private readonly connectors: Connectors,
  ) {}

  async page({ limit, cursor, filter }: PageQuery): Promise<Page<LeaverStillEnabled>> {
    const condition = listCondition(filter, filterColumns, 5);
    const [since, identity, application] = decodeCursor(cursor, ['index', 'uuid', 'text']) ?? [0, null, ''];
    const find = (): Promise<Row[]> =>
      this.db.query<Row & Record<string, unknown>>(
        `select d.identity_id, d.application, ${sinceUs}::text as since_us, d.received_at, ${person.employeeId} as employee_id,
         ${person.displayName} as display_name, p.display_name as application_name, p.connector_id as connector,
         c.document->>'displayName' as connector_name, c.document->>'mode' as mode, a.account_id, d.parked_code, d.parked_detail,
         d.dismissed_code, d.attempts, f.code as failure_code, f.status as failure_status, h.state, h.detail, a.fold, f.fold as failure_fold,
         c.fold as connector_fold
       from ${stillEnabled}
       left join connector c on c.id = p.connector_id
       left join connector_health h on h.connector = p.connector_id
       left join lateral (
         select o.code, o.status, o.fold from operation o
         where o.connector = p.connector_id and o.identity_id = d.identity_id and o.fact = 'OperationFailed' order by o.version desc limit 1
       ) f on d.attempts > 0
       where (${sinceUs}, d.identity_id, d.application) > ($1::bigint, $2::uuid, $3::text) and (${condition.sql})
       order by 3, d.identity_id, d.application limit $4`,
        [since, identity ?? firstUuid, application, limit + 1, ...condition.params],
      );
    const rows = await currentRows(
      find,
      {
        streams: this.accounts,
        shownBy: ({ identity_id: identity, connector, fold, failure_fold: ofFailure }) =>
          [fold, ofFailure].map((one) => ({ id: Accounts.idOf(identity, connector), fold: one })),
      },
      { streams: this.connectors, shownBy: ({ connector: id, connector_fold: fold }) => [{ id, fold }] },
    );
    return pageOf<Row, LeaverStillEnabled>(
      rows,
      limit,
      (row) => [Number(row.since_us), row.identity_id, row.application],
      viewOf,
    );
  }
}

function viewOf(row: Row): LeaverStillEnabled {
  return {
    person: { id: row.identity_id, employeeId: row.employee_id, displayName: row.display_name },
    application: { id: row.application, displayName: row.application_name },
    connector: { id: row.connector, displayName: row.connector_name ?? row.connector },
    account: row.account_id,
    since: row.received_at.toISOString(),
    ...reasonOf(row),
  };
}

const whyParked = (words: string | null): string =>
  `a person must look at it, then retry or dismiss${words === null || words === '' ? '' : `: ${words}`}`;

function reasonOf(row: Row): Pick<LeaverStillEnabled, 'code' | 'why'> {
  const { parked_code: parked, dismissed_code: dismissed, failure_code: failure, failure_status: status } = row;
  if (parked !== null) return { code: parked, why: whyParked(row.parked_detail) };
  if (dismissed !== null)
    return { code: 'dismissed', why: `a person left it as it is (it was parked for ${dismissed})` };
  if (row.connector_name === null)
    return { code: 'no-connector', why: 'the connector of the application is not defined' };
  if (row.mode === 'observe')
    return { code: 'observing', why: 'the connector is in mode observe and writes nothing: release it' };
  if (row.state !== null && row.state !== 'working') return { code: row.state, why: row.detail ?? '' };
  if (failure !== null)
    return {
      code: failure,
      why: `${row.attempts} attempts failed, the last with ${status ?? failure}; the hub tries again`,
    };
  return { code: 'under-way', why: 'the hub is about to disable it' };
}
