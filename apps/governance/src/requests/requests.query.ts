import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/page.js';
import { NotFound } from '#libs/service-kit/problem.js';
import { listCondition } from '#libs/service-kit/filter-input.js';
import type { AccessRequest, Asked, Decision } from './access-request.js';

/** A request as the API shows it. */
export interface RequestView {
  readonly id: string;
  readonly packageId: string;
  readonly packageVersion: number;
  readonly requesterId: string;
  readonly beneficiaryId: string;
  readonly status: 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled';
  /** Why it was denied, expired or cancelled. */
  readonly code: string | null;
  readonly justification: string | null;
  readonly requestedAt: string;
  readonly dueAt: string | null;
  readonly closedAt: string | null;
  readonly approvers: readonly string[];
  readonly decisions: readonly Decision[];
  readonly assignmentId: string | null;
  /** Of the assignment it led to; null before. */
  readonly delivery: string | null;
  /** How far that assignment is taken away, once it has ended; null before. */
  readonly removal: string | null;
}

interface Row {
  readonly id: string;
  readonly state: AccessRequest & Asked;
  readonly delivery: string | null;
  readonly removal: string | null;
}

const select = `select r.id, r.state, a.delivery, a.removal from request r
  left join assignment a on a.cause ->> 'type' = 'request' and a.cause ->> 'request' = r.id::text`;

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'r.id', type: 'uuid' },
  status: { sql: 'r.status', type: 'text' },
  packageId: { sql: 'r.package_id', type: 'key' },
  requesterId: { sql: 'r.requester_id', type: 'uuid' },
  beneficiaryId: { sql: 'r.beneficiary_id', type: 'uuid' },
  requestedAt: { sql: 'r.requested_at', type: 'timestamp' },
  delivery: { sql: 'a.delivery', type: 'text' },
  removal: { sql: 'a.removal', type: 'text' },
};

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

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

/** One's own; a policy administrator's all. Newest first. */
export class ListRequests extends Query<Page<RequestView>> {
  constructor(
    readonly part: Part,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** What waits for the caller's decision; nothing for one without identity. */
export class ListApprovals extends Query<Page<RequestView>> {
  constructor(
    readonly part: Part,
    readonly caller: Caller,
  ) {
    super();
  }
}

/**
 * The open stage names $1 today, who is neither requester nor beneficiary and has not decided yet. Each way of being
 * named is a walk of its own over indexes, so that the cost is that of the caller's share of all open requests.
 */
const waitsFor = `r.status = 'pending' and r.requester_id <> $1::uuid and r.beneficiary_id <> $1::uuid
  and r.id in (
    select o.id from identity b join request o on o.beneficiary_id = b.id and o.status = 'pending'
      where b.manager_id = $1::uuid and o.approvers @> array['manager']
    union all select o.id from request o where o.status = 'pending' and o.approvers @> array['user:' || $1::text]
    union all select o.id from request o join catalog_entry c on c.kind = 'application' and c.id = any(o.applications)
      where o.status = 'pending' and o.approvers @> array['application-owner'] and c.document -> 'owners' ? $1::text)
  and not exists (select 1 from jsonb_array_elements(r.state -> 'decisions') d where d ->> 'approverId' = $1::text)`;

@QueryHandler(GetRequest)
export class GetRequestHandler implements IQueryHandler<GetRequest> {
  constructor(private readonly db: Database) {}

  /** Who asked, who is asked for, who may decide or has, and policy administrators may see it. */
  async execute({ requestId, caller }: GetRequest): Promise<RequestView> {
    const [row] = await this.db.query<Row>(
      `${select} where r.id = $2::uuid and ($3 or r.requester_id = $1::uuid or r.beneficiary_id = $1::uuid or (${waitsFor})
         or exists (select 1 from jsonb_array_elements(r.state -> 'decisions') d where d ->> 'approverId' = $1::text))`,
      [caller.identity, requestId, caller.roles.includes('policy-admin')],
    );
    if (row === undefined) throw new NotFound('access request', requestId);
    return viewOf(row);
  }
}

@QueryHandler(ListRequests)
export class ListRequestsHandler implements IQueryHandler<ListRequests> {
  constructor(private readonly db: Database) {}

  async execute({ part, caller }: ListRequests): Promise<Page<RequestView>> {
    const all = caller.roles.includes('policy-admin');
    const own = `($2 or r.requester_id = $1::uuid or r.beneficiary_id = $1::uuid)`;
    return await list(this.db, own, [caller.identity, all], part);
  }
}

@QueryHandler(ListApprovals)
export class ListApprovalsHandler implements IQueryHandler<ListApprovals> {
  constructor(private readonly db: Database) {}

  async execute({ part, caller }: ListApprovals): Promise<Page<RequestView>> {
    return await list(this.db, waitsFor, [caller.identity], part);
  }
}

async function list(
  db: Database,
  where: string,
  params: readonly unknown[],
  { limit, cursor, filter }: Part,
): Promise<Page<RequestView>> {
  const [before = lastId] = decodeCursor(cursor, ['uuid']) ?? [];
  const first = params.length + 3;
  const condition = listCondition(filter, columns, first);
  const rows = await db.query<Row>(
    `${select} where (${where}) and r.id < $${params.length + 1}::uuid and (${condition.sql})
     order by r.id desc limit $${params.length + 2}`,
    [...params, before, limit + 1, ...condition.params],
  );
  return pageOf(rows, limit, ({ id }) => [id], viewOf);
}

function viewOf({ id, state, delivery, removal }: Row): RequestView {
  const { packageId, packageVersion, requesterId, beneficiaryId } = state.request;
  return {
    id,
    packageId,
    packageVersion,
    requesterId,
    beneficiaryId,
    // Refused requests have no row.
    status: state.status as RequestView['status'],
    code: 'code' in state ? state.code : null,
    justification: state.justification,
    requestedAt: state.requestedAt,
    dueAt: state.dueAt,
    closedAt: 'closedAt' in state ? state.closedAt : null,
    approvers: state.stages.flatMap(({ approvers }) => approvers),
    decisions: state.decisions,
    assignmentId: 'assignmentId' in state ? state.assignmentId : null,
    delivery,
    removal,
  };
}
