import type { Change, ReadModel } from '#libs/event-store/event-stream.js';
import type { AccessEvent } from './access.events.js';
import { deliveryOf, type Access } from './access.js';
import { removalWord } from './removal.js';

/**
 * One row with the whole state of each identity for the next decision, and one row for each assignment, active or
 * ended.
 */
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
      `insert into assignment (id, identity_id, package_id, package_version, status, delivery, removal, cause, since, until, code, reason)
       select x."assignmentId", x."identityId", x."packageId", x."packageVersion", x.status, x.delivery, x.removal, x.cause,
         x.since, x.until, x.code, x.reason
       from jsonb_to_recordset($1::jsonb) as x("assignmentId" uuid, "identityId" uuid, "packageId" text, "packageVersion" int,
         status text, delivery text, removal text, cause jsonb, since timestamptz, until timestamptz, code text, reason text)
       on conflict (id) do update set status = excluded.status, delivery = excluded.delivery, removal = excluded.removal,
         until = excluded.until, code = excluded.code, reason = coalesce(excluded.reason, assignment.reason)`,
      [JSON.stringify(changes.flatMap(rowsOf))],
    );
  },
};

/** Rows of the assignments these facts speak of: as they are after, or as they ended. */
function rowsOf({ after, facts }: Change<Access, AccessEvent>): object[] {
  // The newest fact of each: the removal of an assignment is told after its end.
  const newest = new Map(facts.map((fact) => [fact.data.assignment.assignmentId, fact]));
  const reasons = new Map(facts.flatMap(reasonOf));
  return [...newest].map(([id, { type, data }]) => {
    if (type === 'AssignmentCreated' || type === 'AssignmentDeliveryChanged') {
      const now = after.assignments.find((one) => one.assignmentId === id);
      const delivery = deliveryOf(now?.applications ?? []);
      return { ...data.assignment, status: 'active', delivery, removal: null, until: null, code: null, reason: null };
    }
    const { assignment, delivery, revokedAt: until, code } = data;
    const removal = type === 'AssignmentRevoked' ? removalWord(data.removals ?? []) : data.removal;
    return { ...assignment, status: 'revoked', delivery, removal, until, code, reason: reasons.get(id) ?? null };
  });
}

function reasonOf(fact: AccessEvent): [string, string][] {
  if (fact.type !== 'AssignmentRevoked') return [];
  const reason = fact.personal.reason.fields?.reason;
  return reason === undefined ? [] : [[fact.data.assignment.assignmentId, reason]];
}
