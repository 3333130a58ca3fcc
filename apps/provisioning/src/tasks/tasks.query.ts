import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/auth/caller.js';
import { entitlementKey } from '#libs/contracts/entitlement.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { Clock } from '#libs/system/clock.js';
import type { Attributes, TaskKind } from '../targets/targets.exports.js';
import type { TaskState } from './task.js';
import { Tasks } from './tasks.stream.js';

/** A change that a person makes in an application without an API, as it is shown. */
export interface TaskView {
  readonly id: string;
  readonly connector: string;
  readonly application: { readonly id: string; readonly displayName: string };
  readonly kind: TaskKind;
  readonly status: TaskState['status'];
  /** Null for an account that no identity is known for. */
  readonly person: {
    readonly id: string;
    readonly employeeId: string | null;
    readonly displayName: string | null;
  } | null;
  /** How the application calls the account; null for one that is to be made. */
  readonly account: string | null;
  /** `account`, `group:NAME` or `role:NAME`. */
  readonly entitlement: string;
  /** What the account is to have; null where no attribute changes, and for who does not do the task. */
  readonly values: Attributes | null;
  /** False: the person is not to have it any more. Refuse it, unless it is done already. */
  readonly wanted: boolean;
  readonly told: 'webhook' | 'owners';
  readonly reminders: number;
  readonly givenAt: string;
  readonly sentAt: string | null;
  readonly dueAt: string;
  readonly overdue: boolean;
  readonly answeredAt: string | null;
  /** UUID of who answered. */
  readonly answeredBy: string | null;
  /** Why it was refused. */
  readonly reason: string | null;
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly version: number;
  readonly fold: number;
  readonly state: unknown;
  readonly due_us: string;
  readonly application_name: string | null;
  readonly employee_id: string | null;
  readonly display_name: string | null;
  readonly is_active: boolean;
  readonly is_owner: boolean;
}

const filterColumns: Readonly<Record<string, Column>> = {
  id: { sql: 't.id', type: 'uuid' },
  connector: { sql: 't.connector', type: 'text' },
  application: { sql: 't.application', type: 'text' },
  kind: { sql: 't.kind', type: 'text' },
  status: { sql: 't.status', type: 'text' },
  'person.id': { sql: 't.identity_id', type: 'uuid' },
  account: { sql: 't.account_id', type: 'text' },
  givenAt: { sql: 't.given_at', type: 'timestamp' },
  dueAt: { sql: 't.due_at', type: 'timestamp' },
};

const attribute = (name: string): string => `d.body->'accounts'->0->'attributes'->>'${name}'`;
/** Parameters: $1 identity of the caller, $2 whether the caller sees every task. */
const shown = `select t.id, t.version, t.fold, t.state, (extract(epoch from t.due_at) * 1000000)::bigint::text as due_us,
    p.display_name as application_name, ${attribute('employeeId')} as employee_id, ${attribute('displayName')} as display_name,
    coalesce((d.body->'accounts'->0->>'active')::boolean, false) as is_active, coalesce($1::uuid = any(p.owners), false) as is_owner
  from manual_task t left join application p on p.id = t.application
    left join desired d on d.application = t.application and d.identity_id = t.identity_id
  where ($2::boolean or $1::uuid = any(p.owners))`;

/** Tasks that give something. */
const giving: ReadonlySet<TaskKind> = new Set([
  'create-account',
  'update-account',
  'enable-account',
  'add-member',
  'grant-role',
]);

/** Tasks: an owner sees those of their applications, an administrator or auditor all. */
@Injectable()
export class TaskRows {
  constructor(
    private readonly db: Database,
    private readonly tasks: Tasks,
    private readonly clock: Clock,
  ) {}

  async page(caller: Caller, { limit, cursor, filter }: PageQuery, onlyOpen: boolean): Promise<Page<TaskView>> {
    const condition = listCondition(filter, filterColumns, 6);
    const [due, id] = decodeCursor(cursor, ['index', 'uuid']) ?? [0, firstUuid];
    const rows = await this.db.query<Row>(
      `${shown} and (t.due_at, t.id) > (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid)
         ${onlyOpen ? `and t.status = 'open'` : ''} and (${condition.sql}) order by t.due_at, t.id limit $5`,
      [...seenBy(caller), due, id, limit + 1, ...condition.params],
    );
    const views = await this.views(rows, caller);
    return pageOf(
      rows,
      limit,
      (row) => [Number(row.due_us), row.id],
      (row) => views.get(row.id) ?? missing(row.id),
    );
  }

  async one(caller: Caller, id: string): Promise<TaskView | null> {
    const rows = await this.db.query<Row>(`${shown} and t.id = $3::uuid`, [...seenBy(caller), id]);
    return (await this.views(rows, caller)).get(id) ?? null;
  }

  private async views(rows: readonly Row[], caller: Caller): Promise<Map<string, TaskView>> {
    const now = this.clock.now();
    const loaded = await this.tasks.loadRows(rows);
    return new Map(
      rows.flatMap((row, index) => {
        const state = loaded[index]?.state ?? null;
        return state === null ? [] : [[row.id, viewOf(row, state, caller, now)] as const];
      }),
    );
  }
}

const seenBy = ({ identity, roles }: Caller): [string | null, boolean] => [
  identity,
  roles.includes('connector-admin') || roles.includes('auditor'),
];

function missing(id: string): never {
  throw new Error(`task ${id} has a row and no facts`);
}

const personOf = (id: string | null, row: Row): TaskView['person'] =>
  id === null ? null : { id, employeeId: row.employee_id, displayName: row.display_name };

const answerOf = (answered: TaskState['answered']): Pick<TaskView, 'answeredAt' | 'answeredBy'> =>
  answered === null ? { answeredAt: null, answeredBy: null } : { answeredAt: answered.at, answeredBy: answered.by };

function viewOf(row: Row, state: TaskState, { roles }: Caller, now: string): TaskView {
  const { task: id, connector, application, identityId, accountId, kind, status, entitlement, written } = state;
  const { told, reminders, givenAt, sentAt, dueAt, answered, reason } = state;
  const mayDo = row.is_owner || roles.includes('connector-admin');
  return {
    id,
    connector,
    application: { id: application, displayName: row.application_name ?? application },
    kind,
    status,
    person: personOf(identityId, row),
    account: accountId,
    entitlement: entitlementKey(entitlement),
    values: mayDo ? written : null,
    wanted: status !== 'withdrawn' && (row.is_active || !giving.has(kind)),
    told,
    reminders,
    givenAt,
    sentAt,
    dueAt,
    overdue: status === 'open' && dueAt < now,
    ...answerOf(answered),
    reason,
  };
}
