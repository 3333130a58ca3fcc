import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { firstUuid, lastUuid } from '#libs/event-store/ids.js';
import type { Caller } from '#libs/auth/caller.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { Clock } from '#libs/system/clock.js';
import { decidable, openDecisionsOf, RequestViews } from './request-rows.query.js';
import { People } from '../people/people.exports.js';
import type { Shown } from './access-request.events.js';
import type { RequestRow, RequestView } from './request-view.js';
import { ShownToApprovers } from './shown-to-approvers.query.js';

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'r.id', type: 'uuid' },
  status: { sql: 'r.status', type: 'word' },
  packageId: { sql: 'r.package_id', type: 'key' },
  requesterId: { sql: 'r.requester_id', type: 'uuid' },
  beneficiaryId: { sql: 'r.beneficiary_id', type: 'uuid' },
  requestedAt: { sql: 'r.requested_at', type: 'timestamp' },
  dueAt: { sql: 'r.due_at', type: 'timestamp' },
  decidable: { sql: `(${decidable})`, type: 'boolean' },
  delivery: { sql: 'a.delivery', type: 'word' },
  removal: { sql: 'a.removal', type: 'word' },
};

const firstInstant = '0001-01-01T00:00:00Z';

export class GetRequest extends Query<RequestView> {
  constructor(
    readonly requestId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** The caller's own requests; a policy administrator sees all. Newest first. */
export class ListRequests extends Query<Page<RequestView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** The requests that wait for the caller's decision, earliest due first; none for a caller without an identity. */
export class ListApprovals extends Query<Page<RequestView>> {
  constructor(
    readonly part: ListPart,
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

@QueryHandler(GetRequest)
export class GetRequestHandler implements IQueryHandler<GetRequest> {
  constructor(
    private readonly views: RequestViews,
    private readonly people: People,
    private readonly shown: ShownToApprovers,
    private readonly clock: Clock,
  ) {}

  /** The requester, the beneficiary, approvers and policy administrators may see it. */
  async execute({ requestId, caller }: GetRequest): Promise<RequestView> {
    const [row] = await this.views.rows(
      `r.id = $2::uuid and ($3 or r.requester_id = $1::uuid or r.beneficiary_id = $1::uuid or (${waitsFor('$4')})
         or exists (select 1 from jsonb_array_elements(r.state -> 'decisions') d where d ->> 'approverId' = $1::text))`,
      [caller.identity, requestId, caller.roles.includes('policy-admin'), this.clock.now()],
    );
    if (row === undefined) throw new NotFound('access request', requestId);
    const view = (await this.views.of([row]))(row);
    return { ...view, shown: await this.shownTo(caller, row.state) };
  }

  /** Who asks, or is asked for, does not decide. */
  private async shownTo({ identity }: Caller, { status, request }: RequestRow['state']): Promise<Shown | null> {
    if (status !== 'pending' || identity === request.requesterId || identity === request.beneficiaryId) return null;
    const { catalog, batch } = await this.people.today({ ids: [request.beneficiaryId] });
    return await this.shown.of(request, batch.get(request.beneficiaryId), catalog);
  }
}

@QueryHandler(ListRequests)
export class ListRequestsHandler implements IQueryHandler<ListRequests> {
  constructor(private readonly views: RequestViews) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListRequests): Promise<Page<RequestView>> {
    const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, columns, 3);
    const params = [before, limit + 1, ...condition.params];
    const own = caller.roles.includes('policy-admin') ? [] : [caller.identity];
    // Everybody's and the caller's own are two statements: one plan would not suit both.
    const me = `$${params.length + 1}::uuid`;
    const owned = own.length === 0 ? 'true' : `(r.requester_id = ${me} or r.beneficiary_id = ${me})`;
    const rows = await this.views.rows(
      `${owned} and r.id < $1::uuid and (${condition.sql}) order by r.id desc limit $2`,
      [...params, ...own],
    );
    return pageOf(rows, limit, ({ id }) => [id], await this.views.of(rows));
  }
}

@QueryHandler(ListApprovals)
export class ListApprovalsHandler implements IQueryHandler<ListApprovals> {
  constructor(
    private readonly views: RequestViews,
    private readonly clock: Clock,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListApprovals): Promise<Page<RequestView>> {
    const [due = firstInstant, after = firstUuid] = decodeCursor(cursor, ['instant', 'uuid']) ?? [];
    const condition = listCondition(filter, columns, 6);
    const rows = await this.views.rows(
      `(${waitsFor('$5')}) and (coalesce(r.due_at, r.requested_at), r.id) > ($2::timestamptz, $3::uuid)
         and (${condition.sql}) order by coalesce(r.due_at, r.requested_at), r.id limit $4`,
      [caller.identity, due, after, limit + 1, this.clock.now(), ...condition.params],
    );
    const view = await this.views.of(rows);
    return pageOf(rows, limit, ({ id, due_at, state }) => [due_at?.toISOString() ?? state.requestedAt, id], view);
  }
}
