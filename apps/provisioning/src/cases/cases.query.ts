import { Injectable } from '@nestjs/common';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { Clock } from '#libs/system/clock.js';
import { Accounts } from '../accounts/accounts.exports.js';
import { Exposures } from '../exposures/exposures.exports.js';
import { Tasks } from '../tasks/tasks.exports.js';
import { casesSql } from './case-list.query.js';
import { Cases } from './cases.stream.js';

export const caseKinds = ['exposure', 'held', 'dispute', 'drift', 'parked', 'failing', 'task', 'connector'] as const;
export type CaseKind = (typeof caseKinds)[number];

/** Something in an application that waits for a person. */
export interface CaseView {
  readonly id: string;
  readonly kind: CaseKind;
  readonly code: string;
  /** The reason without the parts that vary: equal for cases that are alike. */
  readonly cause: string;
  /** The words of the application, or what to do; empty where there are none. */
  readonly words: string;
  /** Null for an account that no identity is known for, and for a connector. */
  readonly person: {
    readonly id: string;
    readonly employeeId: string | null;
    readonly displayName: string | null;
  } | null;
  readonly application: { readonly id: string; readonly displayName: string };
  readonly connector: string;
  /** The application's own id of the account; null while unknown. */
  readonly account: string | null;
  readonly attempts: number;
  /** Identities who own the application. Empty: connector administrators. */
  readonly owners: readonly string[];
  /** Who looks after it; null: nobody in particular. */
  readonly assignee: string | null;
  readonly comments: number;
  readonly since: string;
  readonly dueAt: string;
  readonly overdue: boolean;
}

/** Cases that are alike. */
export interface CaseGroup {
  readonly connector: string;
  readonly kind: CaseKind;
  readonly code: string;
  readonly cause: string;
  readonly count: number;
  readonly overdue: number;
  readonly since: string;
  readonly dueAt: string;
  /** One of them. */
  readonly example: string;
}

export interface CaseRow extends Record<string, unknown> {
  readonly id: string;
  readonly kind: CaseKind;
  readonly code: string;
  readonly cause: string;
  readonly words: string;
  readonly identity_id: string | null;
  readonly employee_id: string | null;
  readonly display_name: string | null;
  readonly application: string;
  readonly application_name: string;
  readonly owners: readonly string[];
  readonly connector: string;
  readonly account_id: string | null;
  readonly attempts: number;
  readonly assignee: string | null;
  readonly comments: number;
  readonly since: Date;
  readonly due_at: Date;
  readonly due_us: string;
  /** Folds of the rows that this one was made of; null where there is none. */
  readonly notes_fold: number | null;
  readonly account_fold: number | null;
  readonly exposure_fold: number | null;
  readonly exposure: string | null;
  readonly task: string | null;
  readonly task_fold: number | null;
}

interface GroupRow extends Record<string, unknown> {
  readonly connector: string;
  readonly kind: CaseKind;
  readonly code: string;
  readonly cause: string;
  readonly count: number;
  readonly overdue: number;
  readonly since: Date;
  readonly due_at: Date;
  readonly example: string;
}

const filterColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'k.id', type: 'text' },
  kind: { sql: 'k.kind', type: 'text' },
  code: { sql: 'k.code', type: 'text' },
  cause: { sql: 'k.cause', type: 'text' },
  'person.id': { sql: 'k.identity_id', type: 'uuid' },
  'person.employeeId': { sql: 'k.employee_id', type: 'text' },
  application: { sql: 'k.application', type: 'text' },
  connector: { sql: 'k.connector', type: 'text' },
  assignee: { sql: 'k.assignee', type: 'uuid' },
  since: { sql: 'k.since', type: 'timestamp' },
  dueAt: { sql: 'k.due_at', type: 'timestamp' },
};

/** What waits for a person, over all connectors; what is due first comes first. */
@Injectable()
export class CaseList {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly notes: Cases,
    private readonly accounts: Accounts,
    private readonly exposures: Exposures,
    private readonly tasks: Tasks,
  ) {}

  async page({ limit, cursor, filter }: PageQuery): Promise<Page<CaseView>> {
    const now = this.clock.now();
    const condition = listCondition(filter, filterColumns, 5);
    const [due, id] = decodeCursor(cursor, ['index', 'text']) ?? [0, ''];
    const rows = await this.rows(
      `select k.* from (${casesSql('$1')}) k where (k.due_at, k.id) > (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::text)
         and (${condition.sql}) order by k.due_at, k.id limit $4`,
      [now, due, id, limit + 1, ...condition.params],
    );
    return pageOf(
      rows,
      limit,
      (row) => [Number(row.due_us), row.id],
      (row) => viewOf(row, now),
    );
  }

  async one(id: string): Promise<CaseView | null> {
    const now = this.clock.now();
    const [row] = await this.rows(`select k.* from (${casesSql('$1')}) k where k.id = $2`, [now, id]);
    return row === undefined ? null : viewOf(row, now);
  }

  private async rows(sql: string, params: readonly unknown[]): Promise<CaseRow[]> {
    return await currentRows(
      () => this.db.query<CaseRow>(sql, params),
      { streams: this.notes, shownBy: ({ id, notes_fold: fold }) => [{ id, fold }] },
      {
        streams: this.accounts,
        shownBy: ({ identity_id: identity, connector, account_fold: fold }) => [
          { id: Accounts.idOf(identity ?? '', connector), fold },
        ],
      },
      { streams: this.tasks, shownBy: ({ task, task_fold: fold }) => [{ id: task ?? '', fold }] },
      { streams: this.exposures, shownBy: ({ exposure, exposure_fold: fold }) => [{ id: exposure ?? '', fold }] },
    );
  }

  /** By root cause, the largest first. */
  async groups(filter: string | undefined): Promise<CaseGroup[]> {
    const now = this.clock.now();
    const condition = listCondition(filter, filterColumns, 2);
    const rows = await this.db.query<GroupRow>(
      `select k.connector, k.kind, k.code, k.cause, count(*)::int as count, count(*) filter (where k.due_at < $1::timestamptz)::int as overdue,
         min(k.since) as since, min(k.due_at) as due_at, min(k.id) as example
       from (${casesSql('$1')}) k where (${condition.sql}) group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3, 4 limit 500`,
      [now, ...condition.params],
    );
    return rows.map(({ since, due_at: dueAt, ...group }) => ({
      ...group,
      since: since.toISOString(),
      dueAt: dueAt.toISOString(),
    }));
  }

  /** Identities of a connector whose account is parked for the same cause. @param only this one; null for all */
  async alike(
    { connector, code, cause }: Pick<CaseView, 'connector' | 'code' | 'cause'>,
    most: number,
    only: string | null = null,
  ): Promise<string[]> {
    const rows = await this.db.query<{ identity_id: string }>(
      `select d.identity_id from desired d join application p on p.id = d.application
       where p.connector_id = $1 and d.parked_code is not null and d.parked_code = $2 and coalesce(d.parked_cause, d.parked_code) = $3
         and ($5::uuid is null or d.identity_id = $5::uuid)
       order by d.parked_at, d.identity_id limit $4`,
      [connector, code, cause, most, only],
    );
    return rows.map(({ identity_id: id }) => id);
  }
}

function viewOf(row: CaseRow, now: string): CaseView {
  const { id, kind, code, cause, words, connector, account_id: account, attempts, owners, assignee, comments } = row;
  const { identity_id: identity, employee_id: employeeId, display_name: displayName } = row;
  const dueAt = row.due_at.toISOString();
  return {
    id,
    kind,
    code,
    cause,
    words,
    person: identity === null ? null : { id: identity, employeeId, displayName },
    application: { id: row.application, displayName: row.application_name },
    connector,
    account,
    attempts,
    owners,
    assignee,
    comments,
    since: row.since.toISOString(),
    dueAt,
    overdue: dueAt < now,
  };
}
