import type { Change, ReadModel } from '#libs/event-store/event-stream.js';
import type { AccessRequestEvent } from './access-request.events.js';
import type { AccessRequest } from './access-request.js';

/** One row for each request that was made. A unique index holds at most one open request of a package for a person. */
export const requestRows: ReadModel<AccessRequest, AccessRequestEvent> = {
  name: 'request',
  tables: ['request'],
  notDerived: {
    'request.deciders': 'of requests made before their approvers were kept: who they were when the column came',
  },
  write: (changes, work, fold) =>
    work.run(
      `insert into request as r (id, version, status, package_id, requester_id, beneficiary_id, approvers, applications, requested_at, due_at, deciders, state, fold)
       select x.id, x.version, x.status, x."packageId", x."requesterId", x."beneficiaryId",
         array(select jsonb_array_elements_text(x.approvers)), array(select jsonb_array_elements_text(x.applications)),
         x."requestedAt", x."dueAt", array(select jsonb_array_elements_text(x.deciders)::uuid), x.state, ${fold}
       from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, status text, "packageId" text, "requesterId" uuid,
         "beneficiaryId" uuid, approvers jsonb, applications jsonb, "requestedAt" timestamptz, "dueAt" timestamptz, deciders jsonb, state jsonb)
       on conflict (id) do update set version = excluded.version, status = excluded.status, state = excluded.state, due_at = excluded.due_at,
         package_id = excluded.package_id, requester_id = excluded.requester_id, beneficiary_id = excluded.beneficiary_id,
         approvers = excluded.approvers, applications = excluded.applications, requested_at = excluded.requested_at, fold = excluded.fold,
         deciders = case when (excluded.state ->> 'approverIds') is null then r.deciders else excluded.deciders end`,
      [JSON.stringify(changes.flatMap(rowOf))],
    ),
};

function rowOf({ id, after, version }: Change<AccessRequest, AccessRequestEvent>): object[] {
  if (!('decisions' in after)) return [];
  const { status, request, stages, applications, requestedAt, dueAt } = after;
  const approvers = stages.flatMap((stage) => stage.approvers);
  const deciders = after.approverIds ?? [];
  return [{ ...request, id, version, status, approvers, applications, requestedAt, dueAt, deciders, state: after }];
}
