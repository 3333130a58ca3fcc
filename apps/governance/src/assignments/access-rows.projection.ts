import type { Change, ReadModel } from '#libs/event-store/event-stream.js';
import type { AccessEvent, AssignmentRevoked } from './access.events.js';
import { deliveryOf, type Access } from './access.js';

/** What each identity holds, whole, for the next decision; and one row for each assignment, also those that ended. */
export const accessRows: ReadModel<Access, AccessEvent> = {
  name: 'access',
  write: (changes, work) => {
    work.run(
      `insert into access (identity_id, version, state)
       select x.id, x.version, x.after from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, after jsonb)
       on conflict (identity_id) do update set version = excluded.version, state = excluded.state`,
      [JSON.stringify(changes.map(({ id, version, after }) => ({ id, version, after })))],
    );
    work.run(
      `insert into assignment (id, identity_id, package_id, package_version, status, delivery, cause, since, until, code, reason)
       select x."assignmentId", x."identityId", x."packageId", x."packageVersion", x.status, x.delivery, x.cause, x.since, x.until, x.code, x.reason
       from jsonb_to_recordset($1::jsonb) as x("assignmentId" uuid, "identityId" uuid, "packageId" text, "packageVersion" int,
         status text, delivery text, cause jsonb, since timestamptz, until timestamptz, code text, reason text)
       on conflict (id) do update set status = excluded.status, delivery = excluded.delivery, until = excluded.until,
         code = excluded.code, reason = excluded.reason`,
      [JSON.stringify(changes.flatMap(rowsOf))],
    );
  },
};

/** Rows of the assignments these facts speak of: as they are after, or as they ended. */
function rowsOf({ after, facts }: Change<Access, AccessEvent>): object[] {
  const touched = new Map(facts.map((fact) => [fact.data.assignment.assignmentId, fact.data.assignment]));
  const ended = new Map(
    facts
      .filter((fact): fact is typeof fact & AssignmentRevoked => fact.type === 'AssignmentRevoked')
      .map((fact) => [fact.data.assignment.assignmentId, fact]),
  );
  return [...touched.values()].map((terms) => {
    const end = ended.get(terms.assignmentId);
    if (end === undefined) {
      const now = after.assignments.find((one) => one.assignmentId === terms.assignmentId);
      return {
        ...terms,
        status: 'active',
        delivery: deliveryOf(now?.applications ?? []),
        until: null,
        code: null,
        reason: null,
      };
    }
    const { delivery, revokedAt, code } = end.data;
    return {
      ...terms,
      status: 'revoked',
      delivery,
      until: revokedAt,
      code,
      reason: end.personal.reason.fields?.reason ?? null,
    };
  });
}
