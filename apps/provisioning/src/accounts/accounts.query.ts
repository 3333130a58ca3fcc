import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/page.js';
import type { Account } from './account.js';
import type { OperationTerms } from './account.events.js';

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
  readonly because: readonly string[];
  readonly at: string;
}

/** What waits for a person: the identity is the id to retry or dismiss. */
export interface ParkedView {
  readonly id: string;
  readonly application: string;
  readonly code: string;
  readonly detail: string;
  readonly since: string;
}

interface OperationRow {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly occurred_at: Date;
  readonly epoch: number;
  readonly tx_text: string;
  readonly position: string;
}

const operationTypes = [
  'AccountCreated',
  'AccountAdopted',
  'AccountUpdated',
  'AccountDisabled',
  'AccountEnabled',
  'AccountDeleted',
  'MembershipAdded',
  'MembershipRemoved',
  'OperationFailed',
];

@Injectable()
export class AccountRows {
  constructor(private readonly db: Database) {}

  async accounts(connector: string, limit: number, cursor: string | undefined): Promise<Page<AccountView>> {
    const [after = '00000000-0000-0000-0000-000000000000'] = decodeCursor(cursor, ['uuid']) ?? [];
    const rows = await this.db.query<{
      identity_id: string;
      application: string;
      account_id: string | null;
      status: string;
      user_name: string | null;
      state: Account;
      dirty: boolean | null;
    }>(
      `select a.identity_id, a.application, a.account_id, a.status, a.user_name, a.state, d.dirty
       from account a left join desired d on d.application = a.application and d.identity_id = a.identity_id
       where a.connector = $1 and a.identity_id > $2::uuid order by a.identity_id limit $3`,
      [connector, after, limit + 1],
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
        inSync: row.dirty === false,
      }),
    );
  }

  /** Outcomes of one identity's operations behind a connector, newest first. */
  async operations(stream: string, limit: number, cursor: string | undefined): Promise<Page<OperationView>> {
    const [before = 2_147_483_647] = decodeCursor(cursor, ['index']) ?? [];
    const rows = await this.db.query<OperationRow & { version: number }>(
      `select e.id, e.type, e.data, e.occurred_at, e.version from events e
       where e.stream = $1 and e.version < $2::bigint and e.type = any($3::text[]) order by e.version desc limit $4`,
      [stream, before, operationTypes, limit + 1],
    );
    return pageOf(rows, limit, (row) => [row.version], operationOf);
  }

  async parked(connector: string, limit: number, cursor: string | undefined): Promise<Page<ParkedView>> {
    const [after = '00000000-0000-0000-0000-000000000000'] = decodeCursor(cursor, ['uuid']) ?? [];
    const rows = await this.db.query<{
      identity_id: string;
      application: string;
      parked_code: string;
      parked_detail: string;
      parked_at: Date;
    }>(
      `select d.identity_id, d.application, d.parked_code, d.parked_detail, d.parked_at
       from desired d join application p on p.id = d.application
       where p.connector_id = $1 and d.parked_code is not null and d.identity_id > $2::uuid order by d.identity_id limit $3`,
      [connector, after, limit + 1],
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

function operationOf({ id, type, data, occurred_at: at }: OperationRow): OperationView {
  const terms = JSON.parse(data) as OperationTerms & { readonly status?: number | null; readonly code?: string };
  return {
    id,
    operation: terms.operation,
    type,
    kind: terms.kind,
    identity: terms.identityId,
    account: terms.accountId,
    group: terms.group,
    status: terms.status ?? null,
    code: terms.code ?? null,
    because: terms.because,
    at: at.toISOString(),
  };
}
