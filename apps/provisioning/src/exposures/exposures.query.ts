import { Injectable } from '@nestjs/common';
import type { ExposureCode, ExposureKind, ExposureProof } from '#libs/contracts/exposures.js';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { Clock } from '#libs/system/clock.js';
import { shownPersonSql } from '../accounts/accounts.exports.js';
import { Connectors } from '../connectors/connectors.exports.js';
import { Exposures } from './exposures.stream.js';
import { whyExposed } from './why-exposed.js';

/** Access that should have ended, as the API shows it. */
export interface ExposureView {
  readonly id: string;
  readonly state: 'open' | 'closed';
  readonly kind: ExposureKind;
  /** Null for an account that no identity is known for. */
  readonly person: {
    readonly id: string;
    readonly employeeId: string | null;
    readonly displayName: string | null;
  } | null;
  readonly application: { readonly id: string; readonly displayName: string };
  readonly connector: { readonly id: string; readonly displayName: string };
  /** The application's own id of the account; null while unknown. */
  readonly account: string | null;
  /** `account`, `group:NAME`, `role:NAME`. */
  readonly exposed: readonly string[];
  /** Identities who own the application: it is theirs to see that it ends. Empty: connector administrators. */
  readonly owners: readonly string[];
  /** Stable, for programs. */
  readonly code: ExposureCode;
  readonly why: string;
  readonly decidedAt: string;
  readonly openedAt: string;
  readonly dueAt: string;
  readonly overdue: boolean;
  /** How often it was escalated: when the deadline was over, then each day. */
  readonly escalations: number;
  readonly closedAt: string | null;
  /** How it is known that it ended; null while it is open. */
  readonly how: ExposureProof | null;
  /** Id of the event that proves it. */
  readonly proof: string | null;
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly kind: ExposureKind;
  readonly identity_id: string | null;
  readonly employee_id: string | null;
  readonly display_name: string | null;
  readonly application: string;
  readonly application_name: string | null;
  readonly owners: readonly string[] | null;
  readonly connector: string;
  readonly connector_name: string | null;
  readonly account_id: string | null;
  readonly exposed: readonly string[];
  readonly code: ExposureCode;
  readonly parked_detail: string | null;
  readonly decided_at: Date;
  readonly opened_at: Date;
  readonly due_at: Date;
  readonly due_us: string;
  readonly closed_at: Date | null;
  readonly escalations: number;
  readonly how: ExposureProof | null;
  readonly proof: string | null;
  readonly fold: number;
  readonly connector_fold: number | null;
}

const person = shownPersonSql('d', 'e.identity_id');
const filterColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'e.id', type: 'uuid' },
  kind: { sql: 'e.kind', type: 'text' },
  code: { sql: 'e.code', type: 'text' },
  'person.id': { sql: 'e.identity_id', type: 'uuid' },
  'person.employeeId': { sql: `(${person.employeeId})`, type: 'text' },
  application: { sql: 'e.application', type: 'text' },
  connector: { sql: 'e.connector', type: 'text' },
  account: { sql: 'e.account_id', type: 'text' },
  decidedAt: { sql: 'e.decided_at', type: 'timestamp' },
  openedAt: { sql: 'e.opened_at', type: 'timestamp' },
  dueAt: { sql: 'e.due_at', type: 'timestamp' },
  closedAt: { sql: 'e.closed_at', type: 'timestamp' },
};

const dueUs = `(extract(epoch from e.due_at) * 1000000)::bigint`;
const shown = `select e.*, ${dueUs}::text as due_us, ${person.employeeId} as employee_id, ${person.displayName} as display_name,
    p.display_name as application_name, p.owners::text[] as owners, c.document->>'displayName' as connector_name, c.fold as connector_fold, d.parked_detail,
    (e.state->>'escalations')::int as escalations, e.state->'closed'->>'how' as how, e.state->'closed'->>'proof' as proof
  from exposure e left join desired d on d.identity_id = e.identity_id and d.application = e.application
  left join application p on p.id = e.application left join connector c on c.id = e.connector`;
const states = { open: 'e.closed_at is null', closed: 'e.closed_at is not null', all: 'true' } as const;
export type ExposureStates = keyof typeof states;
const noCursor = [0, firstUuid] as const;

/** Access that should have ended and is not, or was not, confirmed gone; what is due first comes first. */
@Injectable()
export class ExposureRows {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly exposures: Exposures,
    private readonly connectors: Connectors,
  ) {}

  async page({ limit, cursor, filter }: PageQuery, which: ExposureStates): Promise<Page<ExposureView>> {
    const condition = listCondition(filter, filterColumns, 4);
    const [due, id] = decodeCursor(cursor, ['index', 'uuid']) ?? noCursor;
    const rows = await this.rows(
      `${shown} where ${states[which]} and (${dueUs}, e.id) > ($1::bigint, $2::uuid) and (${condition.sql})
       order by e.due_at, e.id limit $3`,
      [due, id, limit + 1, ...condition.params],
    );
    const now = this.clock.now();
    return pageOf(
      rows,
      limit,
      (row) => [Number(row.due_us), row.id],
      (row) => viewOf(row, now),
    );
  }

  async view(id: string): Promise<ExposureView | null> {
    const [row] = await this.rows(`${shown} where e.id = $1::uuid`, [id]);
    return row === undefined ? null : viewOf(row, this.clock.now());
  }

  private async rows(sql: string, params: readonly unknown[]): Promise<Row[]> {
    return await currentRows(
      () => this.db.query<Row>(sql, params),
      { streams: this.exposures, shownBy: ({ id, fold }) => [{ id, fold }] },
      { streams: this.connectors, shownBy: ({ connector: id, connector_fold: fold }) => [{ id, fold }] },
    );
  }
}

function viewOf(row: Row, now: string): ExposureView {
  const { id, kind, application, connector, account_id: account, exposed, code, escalations, how, proof } = row;
  const { identity_id: identity, employee_id: employeeId, display_name: displayName } = row;
  const dueAt = row.due_at.toISOString();
  return {
    id,
    state: row.closed_at === null ? 'open' : 'closed',
    kind,
    person: identity === null ? null : { id: identity, employeeId, displayName },
    application: { id: application, displayName: row.application_name ?? application },
    connector: { id: connector, displayName: row.connector_name ?? connector },
    account,
    exposed,
    owners: row.owners ?? [],
    code,
    why: whyExposed(code, row.closed_at === null ? row.parked_detail : null),
    decidedAt: row.decided_at.toISOString(),
    openedAt: row.opened_at.toISOString(),
    dueAt,
    overdue: row.closed_at === null && dueAt < now,
    escalations,
    closedAt: row.closed_at?.toISOString() ?? null,
    how,
    proof,
  };
}
