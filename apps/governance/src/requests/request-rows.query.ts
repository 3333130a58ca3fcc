import { Injectable } from '@nestjs/common';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import type { Gauge } from '#libs/service-kit/service/service-definition.js';
import { Accesses } from '../assignments/assignments.exports.js';
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
const selectRequests = `select r.id, r.version, r.fold, r.state, r.beneficiary_id as beneficiary, r.deciders, r.due_at, ${decidable} as decidable, a.delivery, a.removal, a.fold as assignment_fold,
    (select b.attributes ->> 'department' from identity b where b.id = r.beneficiary_id) as department
  from request r
  left join assignment a on a.cause ->> 'type' = 'request' and a.cause ->> 'request' = r.id::text`;

/** Rows as the API shows them, with everybody and everything named: two queries, whatever their number. */
@Injectable()
export class RequestViews {
  constructor(
    private readonly db: Database,
    private readonly names: Names,
    private readonly catalog: Catalog,
    private readonly requests: AccessRequests,
    private readonly accesses: Accesses,
  ) {}

  /** Requests as their rows say, which the folds of today wrote. @param which conditions and order, in SQL, on requests as `r` */
  async rows(which: string, params: readonly unknown[]): Promise<RequestRow[]> {
    const rows = await currentRows(
      () => this.db.query<RequestRow & Record<string, unknown>>(`${selectRequests} where ${which}`, params),
      { streams: this.requests, shownBy: ({ id, fold }) => [{ id, fold }] },
      { streams: this.accesses, shownBy: ({ beneficiary: id, assignment_fold: fold }) => [{ id, fold }] },
    );
    const loaded = await this.requests.loadRows(rows);
    return rows.flatMap((row, index) => {
      const state = loaded[index]?.state;
      return state !== undefined && 'decisions' in state ? [{ ...row, state }] : [];
    });
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
