import { Injectable } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { Accesses, assignmentRowsOf } from '../assignments/assignments.exports.js';
import { Catalog } from '../catalog/catalog.exports.js';
import { type NamedPackage, type NamedPerson, Names } from '../names/names.exports.js';
import type { ApprovalStage } from '#libs/contracts/catalog.js';
import { Clock } from '#libs/system/clock.js';
import type { AccessRequest, Asked, Decision } from './access-request.js';
import type { HistoryEntry } from './history.js';
import { AccessRequests } from './access-requests.stream.js';

/** A request as the API shows it. */
export interface RequestView {
  readonly id: string;
  readonly packageId: string;
  readonly package: NamedPackage;
  readonly packageVersion: number;
  readonly requesterId: string;
  readonly requester: NamedPerson;
  readonly beneficiaryId: string;
  readonly beneficiary: NamedPerson;
  /** Index of the open stage, from 0; of the last that was open, once the request is closed. */
  readonly stage: number;
  readonly stages: readonly ApprovalStage[];
  /** How many approvals the open stage needs. */
  readonly quorum: number;
  /** Why people of the escalation list decide; empty where none does. */
  readonly escalation: readonly string[];
  readonly history: readonly HistoryEntry[];
  /** Null where HR states none. */
  readonly beneficiaryDepartment: string | null;
  readonly status: 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled';
  /** Why it was denied, expired or cancelled. */
  readonly code: string | null;
  readonly justification: string | null;
  /** Start of the access; null: from the approval on. */
  readonly startsAt: string | null;
  /** End of the access, as asked for or as an approver changed it; null: what the package says. */
  readonly endsAt: string | null;
  /** The assignment that is to end later; null where a new one is asked for. */
  readonly extends: string | null;
  readonly requestedAt: string;
  readonly dueAt: string | null;
  readonly closedAt: string | null;
  /** Of all stages, as the policy names them. */
  readonly approverRoles: readonly string[];
  /** The people it meant when the stage opened, or was reassigned. */
  readonly approvers: readonly NamedPerson[];
  /** Can enough of them still decide? Null once the request is closed. */
  readonly decidable: boolean | null;
  readonly decisions: readonly DecisionView[];
  readonly assignmentId: string | null;
  /** Of the assignment it led to; null before. */
  readonly delivery: string | null;
  /** How far that assignment is taken away, once it has ended; null before. */
  readonly removal: string | null;
}

export interface DecisionView extends Decision {
  readonly approver: NamedPerson;
  /** Who delegated the decision; null where nobody did. */
  readonly delegator: NamedPerson | null;
}

interface Row {
  readonly id: string;
  readonly version: number;
  readonly fold: number;
  readonly state: AccessRequest & Asked;
  readonly deciders: readonly string[];
  readonly due_at: Date | null;
  readonly decidable: boolean | null;
  readonly department: string | null;
  readonly delivery: string | null;
  readonly removal: string | null;
  /** Of the assignment's row; null for none. */
  readonly assignment_fold: number | null;
}

/** The decisions of the open stage, as `d`. */
const openDecisionsOf = `(select d from jsonb_array_elements(r.state -> 'decisions') d
    where coalesce((d ->> 'stage')::int, 0) = coalesce((r.state ->> 'stage')::int, 0)) x(d)`;

/** Are there as many approvers left who are here, did not ask, and have not decided, as approvals are missing? */
const decidable = `case when r.status = 'pending' then (
    select count(*) from identity i where i.id = any(r.deciders) and i.status <> 'inactive'
      and i.id <> r.requester_id and i.id <> r.beneficiary_id
      and not exists (select 1 from ${openDecisionsOf} where coalesce(d ->> 'onBehalfOf', d ->> 'approverId') = i.id::text)
  ) >= coalesce((r.state ->> 'quorum')::int, 1) - (select count(*) from ${openDecisionsOf}) end`;

const select = `select r.id, r.version, r.fold, r.state, r.deciders, r.due_at, ${decidable} as decidable, a.delivery, a.removal, a.fold as assignment_fold,
    (select b.attributes ->> 'department' from identity b where b.id = r.beneficiary_id) as department
  from request r
  left join assignment a on a.cause ->> 'type' = 'request' and a.cause ->> 'request' = r.id::text`;

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'r.id', type: 'uuid' },
  status: { sql: 'r.status', type: 'text' },
  packageId: { sql: 'r.package_id', type: 'key' },
  requesterId: { sql: 'r.requester_id', type: 'uuid' },
  beneficiaryId: { sql: 'r.beneficiary_id', type: 'uuid' },
  requestedAt: { sql: 'r.requested_at', type: 'timestamp' },
  dueAt: { sql: 'r.due_at', type: 'timestamp' },
  decidable: { sql: `(${decidable})`, type: 'boolean' },
  delivery: { sql: 'a.delivery', type: 'text' },
  removal: { sql: 'a.removal', type: 'text' },
};

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const firstId = '00000000-0000-0000-0000-000000000000';
const firstInstant = '0001-01-01T00:00:00Z';

export class GetRequest extends Query<RequestView> {
  constructor(
    readonly requestId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

interface Part {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly filter: string | undefined;
}

/** The caller's own requests; a policy administrator sees all. Newest first. */
export class ListRequests extends Query<Page<RequestView>> {
  constructor(
    readonly part: Part,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** The requests that wait for the caller's decision, earliest due first; none for a caller without an identity. */
export class ListApprovals extends Query<Page<RequestView>> {
  constructor(
    readonly part: Part,
    readonly caller: Caller,
  ) {
    super();
  }
}

/**
 * The open stage asks $1, or somebody who has delegated their decisions to $1 now; $1 is neither requester nor beneficiary
 * and has not decided yet.
 * @param now the parameter of the instant
 */
const waitsFor = (now: string): string => `r.status = 'pending' and r.deciders && (array[$1::uuid] || array(
    select g.delegator_id from delegation g where g.delegate_id = $1::uuid and g.ended_at is null
      and g.from_at <= ${now}::timestamptz and g.until_at > ${now}::timestamptz))
  and r.requester_id <> $1::uuid and r.beneficiary_id <> $1::uuid
  and not exists (select 1 from ${openDecisionsOf} where d ->> 'approverId' = $1::text)`;

/** Open requests that nobody can decide. */
export async function requestGauges(database: Database, now: string): Promise<readonly Gauge[]> {
  const [row] = await database.query<{ count: number; oldest: number }>(
    `select count(*) filter (where not (${decidable}))::int as count,
       coalesce(extract(epoch from $1::timestamptz - min(r.requested_at)), 0)::float8 as oldest
     from request r where r.status = 'pending'`,
    [now],
  );
  return [
    {
      name: 'hub_requests_oldest_seconds',
      help: 'how long the oldest open request has waited for a decision',
      labels: {},
      value: row?.oldest ?? 0,
    },
    {
      name: 'hub_requests_undecidable',
      help: 'open requests that nobody can decide: a policy administrator finds them by decidable eq false, and reassigns or cancels them',
      labels: {},
      value: row?.count ?? 0,
    },
  ];
}

/** Rows as the API shows them, with everybody and everything named: two queries, whatever their number. */
@Injectable()
export class RequestViews {
  constructor(
    private readonly names: Names,
    private readonly catalog: Catalog,
    private readonly requests: AccessRequests,
    private readonly accesses: Accesses,
  ) {}

  /** Rows as they are, with the state of their streams where they are of another fold. */
  async current(rows: readonly Row[]): Promise<Row[]> {
    const [loaded, delivered] = await Promise.all([this.requests.loadRows(rows), this.deliveredAgain(rows)]);
    return rows.flatMap((row, index) => {
      const state = loaded[index]?.state;
      return state !== undefined && 'decisions' in state ? [{ ...row, state, ...delivered.get(row.id) }] : [];
    });
  }

  /** Of the requests whose assignments have rows of another fold: how far these are, by request. */
  private async deliveredAgain(rows: readonly Row[]): Promise<Map<string, Pick<Row, 'delivery' | 'removal'>>> {
    const doubted = rows.filter(({ assignment_fold: fold }) => fold !== null && fold !== this.accesses.fold);
    const ids = [...new Set(doubted.map(({ state }) => state.request.beneficiaryId))];
    if (ids.length === 0) return new Map();
    const assignments = (await this.accesses.whole(ids)).flatMap(assignmentRowsOf);
    return new Map(
      assignments.flatMap(({ cause, delivery, removal }) =>
        cause.type === 'request' ? [[cause.request, { delivery, removal }]] : [],
      ),
    );
  }

  async of(rows: readonly Row[]): Promise<(row: Row) => RequestView> {
    const ids = rows.flatMap(({ state: { request, decisions }, deciders }) => [
      request.requesterId,
      request.beneficiaryId,
      ...deciders,
      ...decisions.flatMap(({ approverId, onBehalfOf }) => [approverId, onBehalfOf]),
    ]);
    const [person, catalog] = await Promise.all([this.names.of(ids), this.catalog.current()]);
    return (row) => viewOf(row, person, (id) => catalog.accessPackage(id)?.document.displayName ?? null);
  }
}

@QueryHandler(GetRequest)
export class GetRequestHandler implements IQueryHandler<GetRequest> {
  constructor(
    private readonly db: Database,
    private readonly views: RequestViews,
    private readonly clock: Clock,
  ) {}

  /** The requester, the beneficiary, approvers and policy administrators may see it. */
  async execute({ requestId, caller }: GetRequest): Promise<RequestView> {
    const [row] = await this.views.current(
      await this.db.query<Row & Record<string, unknown>>(
        `${select} where r.id = $2::uuid and ($3 or r.requester_id = $1::uuid or r.beneficiary_id = $1::uuid or (${waitsFor('$4')})
         or exists (select 1 from jsonb_array_elements(r.state -> 'decisions') d where d ->> 'approverId' = $1::text))`,
        [caller.identity, requestId, caller.roles.includes('policy-admin'), this.clock.now()],
      ),
    );
    if (row === undefined) throw new NotFound('access request', requestId);
    return (await this.views.of([row]))(row);
  }
}

@QueryHandler(ListRequests)
export class ListRequestsHandler implements IQueryHandler<ListRequests> {
  constructor(
    private readonly db: Database,
    private readonly views: RequestViews,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListRequests): Promise<Page<RequestView>> {
    const [before = lastId] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, columns, 5);
    const rows = await this.views.current(
      await this.db.query<Row & Record<string, unknown>>(
        `${select} where ($2 or r.requester_id = $1::uuid or r.beneficiary_id = $1::uuid)
         and r.id < $3::uuid and (${condition.sql}) order by r.id desc limit $4`,
        [caller.identity, caller.roles.includes('policy-admin'), before, limit + 1, ...condition.params],
      ),
    );
    return pageOf(rows, limit, ({ id }) => [id], await this.views.of(rows));
  }
}

@QueryHandler(ListApprovals)
export class ListApprovalsHandler implements IQueryHandler<ListApprovals> {
  constructor(
    private readonly db: Database,
    private readonly views: RequestViews,
    private readonly clock: Clock,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListApprovals): Promise<Page<RequestView>> {
    const [due = firstInstant, after = firstId] = decodeCursor(cursor, ['instant', 'uuid']) ?? [];
    const condition = listCondition(filter, columns, 6);
    const rows = await this.views.current(
      await this.db.query<Row & Record<string, unknown>>(
        `${select} where (${waitsFor('$5')}) and (coalesce(r.due_at, r.requested_at), r.id) > ($2::timestamptz, $3::uuid)
         and (${condition.sql}) order by coalesce(r.due_at, r.requested_at), r.id limit $4`,
        [caller.identity, due, after, limit + 1, this.clock.now(), ...condition.params],
      ),
    );
    const view = await this.views.of(rows);
    return pageOf(rows, limit, ({ id, due_at, state }) => [due_at?.toISOString() ?? state.requestedAt, id], view);
  }
}

function viewOf(
  { id, state, deciders, ...row }: Row,
  person: (id: string) => NamedPerson,
  titleOf: (packageId: string) => string | null,
): RequestView {
  const { packageId, packageVersion, requesterId, beneficiaryId } = state.request;
  return {
    id,
    packageId,
    package: { id: packageId, displayName: titleOf(packageId) },
    packageVersion,
    requesterId,
    requester: person(requesterId),
    beneficiaryId,
    beneficiary: person(beneficiaryId),
    beneficiaryDepartment: row.department,
    stage: state.stage,
    stages: state.stages,
    quorum: state.quorum,
    escalation: state.escalation?.reasons ?? [],
    history: state.history,
    // Refused requests have no row.
    status: state.status as RequestView['status'],
    code: 'code' in state ? state.code : null,
    justification: state.justification,
    startsAt: state.startsAt,
    endsAt: state.endsAt,
    extends: state.extends,
    requestedAt: state.requestedAt,
    dueAt: state.dueAt,
    closedAt: 'closedAt' in state ? state.closedAt : null,
    approverRoles: state.stages.flatMap(({ approvers }) => approvers),
    approvers: deciders.map(person),
    decidable: row.decidable,
    decisions: state.decisions.map((decision) => ({
      ...decision,
      approver: person(decision.approverId),
      delegator: decision.onBehalfOf === null ? null : person(decision.onBehalfOf),
    })),
    assignmentId: 'assignmentId' in state ? state.assignmentId : null,
    delivery: row.delivery,
    removal: row.removal,
  };
}
