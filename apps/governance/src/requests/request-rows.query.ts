import { Injectable } from '@nestjs/common';
import type { Database } from '#libs/event-store/database.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';
import { Accesses, assignmentRowsOf } from '../assignments/assignments.exports.js';
import { Catalog } from '../catalog/catalog.exports.js';
import { Names } from '../names/names.exports.js';
import { AccessRequests } from './access-requests.stream.js';
import { type RequestRow, type RequestView, viewOf } from './request-view.js';

/** The decisions of the open stage, as `d`. */
export const openDecisionsOf = `(select d from jsonb_array_elements(r.state -> 'decisions') d
    where coalesce((d ->> 'stage')::int, 0) = coalesce((r.state ->> 'stage')::int, 0)) x(d)`;

/**
 * Can as many approvers still decide as approvals are missing? An approver can if they are not inactive, are not part of
 * the request, and have not decided.
 */
export const decidable = `case when r.status = 'pending' then (
    select count(*) from identity i where i.id = any(r.deciders) and i.status <> 'inactive'
      and i.id <> r.requester_id and i.id <> r.beneficiary_id
      and not exists (select 1 from ${openDecisionsOf} where coalesce(d ->> 'onBehalfOf', d ->> 'approverId') = i.id::text)
  ) >= coalesce((r.state ->> 'quorum')::int, 1) - (select count(*) from ${openDecisionsOf}) end`;

/** Begins a query of requests, as `r`, with what the tables of assignments and identities say of them. */
export const selectRequests = `select r.id, r.version, r.fold, r.state, r.deciders, r.due_at, ${decidable} as decidable, a.delivery, a.removal, a.fold as assignment_fold,
    (select b.attributes ->> 'department' from identity b where b.id = r.beneficiary_id) as department
  from request r
  left join assignment a on a.cause ->> 'type' = 'request' and a.cause ->> 'request' = r.id::text`;

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
  async current(rows: readonly RequestRow[]): Promise<RequestRow[]> {
    const [loaded, delivered] = await Promise.all([this.requests.loadRows(rows), this.deliveredAgain(rows)]);
    return rows.flatMap((row, index) => {
      const state = loaded[index]?.state;
      return state !== undefined && 'decisions' in state ? [{ ...row, state, ...delivered.get(row.id) }] : [];
    });
  }

  /** The delivery and removal of assignments whose rows another fold wrote, by request. */
  private async deliveredAgain(
    rows: readonly RequestRow[],
  ): Promise<Map<string, Pick<RequestRow, 'delivery' | 'removal'>>> {
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

  async of(rows: readonly RequestRow[]): Promise<(row: RequestRow) => RequestView> {
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
