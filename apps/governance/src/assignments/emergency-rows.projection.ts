import type { Change } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import type { AccessEvent } from './access.events.js';
import type { Access } from './access-state.js';
import { emergencyOf } from './emergency.js';
import type { Emergency, EmergencyReviewed } from './emergency.events.js';

/** One row of table `emergency_review`. */
export interface EmergencyRow extends Emergency {
  readonly outcome: EmergencyReviewed['data']['outcome'] | null;
  readonly reviewedBy: string | null;
  readonly reviewedAt: string | null;
  readonly comment: string | null;
}

type Changed = Pick<Change<Access, AccessEvent>, 'facts'>;

/** Writes the emergencies of which these changes tell; nothing where they tell of none. */
export function writeEmergencies(changes: readonly Changed[], work: Work, fold: number): void {
  const rows = changes.flatMap(emergencyRowsOf);
  if (rows.length === 0) return;
  work.run(
    `insert into emergency_review (assignment_id, identity_id, package_id, taken_at, outcome, reviewed_by, reviewed_at, comment, fold)
     select x."assignmentId", x."identityId", x."packageId", x."takenAt", x.outcome, x."reviewedBy", x."reviewedAt", x.comment, ${fold}
     from jsonb_to_recordset($1::jsonb) as x("assignmentId" uuid, "identityId" uuid, "packageId" text, "takenAt" timestamptz,
       outcome text, "reviewedBy" uuid, "reviewedAt" timestamptz, comment text)
     on conflict (assignment_id) do update set outcome = excluded.outcome, reviewed_by = excluded.reviewed_by,
       reviewed_at = excluded.reviewed_at, comment = excluded.comment, fold = excluded.fold`,
    [JSON.stringify(rows)],
  );
}

/** Each emergency as the newest of these facts says. */
function emergencyRowsOf({ facts }: Changed): EmergencyRow[] {
  const newest = new Map<string, EmergencyRow>();
  const open = { outcome: null, reviewedBy: null, reviewedAt: null, comment: null };
  for (const fact of facts)
    if (fact.type === 'AssignmentCreated')
      for (const emergency of emergencyOf(fact.data.assignment))
        newest.set(emergency.assignmentId, { ...emergency, ...open });
    else if (fact.type === 'EmergencyReviewed') {
      const { emergency, outcome, reviewedBy, reviewedAt } = fact.data;
      const comment = fact.personal.emergency.fields?.comment ?? null;
      newest.set(emergency.assignmentId, { ...emergency, outcome, reviewedBy, reviewedAt, comment });
    }
  return [...newest.values()];
}
