import type { Change, ReadModel } from '#libs/event-store/event-stream.js';
import {
  isOfAssignments,
  type AccessEvent,
  type AssignmentTerms,
  type Delivery,
  type RemovalState,
  type RevocationCode,
} from './access.events.js';
import type { Access } from './access-state.js';
import type { Grace } from './grace.events.js';
import { deliveryOf } from './delivery.js';
import { removalWord } from './removal.js';
import { writeBirthrights } from './birthright-rows.projection.js';
import { writeVersions } from './version-rows.projection.js';
import { writeEmergencies } from './emergency-rows.projection.js';
import { writeSeparation } from './separation-rows.projection.js';
import { writeWorkflows } from './workflow-rows.projection.js';

/**
 * One row with the whole state of each identity for the next decision, and one row for each assignment, exception and
 * finding, active or ended.
 */
export const accessRows: ReadModel<Access, AccessEvent> = {
  name: 'access',
  tables: [
    'access',
    'assignment',
    'separation_exception',
    'separation_finding',
    'emergency_review',
    'birthright_exclusion',
    'birthright_withheld',
    'withheld_version',
    'workflow_step',
  ],
  write: (changes, work, fold) => {
    work.run(
      `insert into access (identity_id, version, state, fold)
       select x.id, x.version, x.after, ${fold} from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, after jsonb)
       on conflict (identity_id) do update set version = excluded.version, state = excluded.state, fold = excluded.fold`,
      [JSON.stringify(changes.map(({ id, version, after }) => ({ id, version, after })))],
    );
    work.run(
      `insert into assignment (id, identity_id, package_id, package_version, status, delivery, removal, cause, since, until, code, reason, justification, grace, fold)
       select x."assignmentId", x."identityId", x."packageId", x."packageVersion", x.status, x.delivery, x.removal, x.cause,
         x.since, x.until, x.code, x.reason, x.justification, x.grace, ${fold}
       from jsonb_to_recordset($1::jsonb) as x("assignmentId" uuid, "identityId" uuid, "packageId" text, "packageVersion" int,
         status text, delivery text, removal text, cause jsonb, since timestamptz, until timestamptz, code text, reason text, justification text,
         grace jsonb)
       on conflict (id) do update set package_id = excluded.package_id, package_version = excluded.package_version,
         cause = excluded.cause, since = excluded.since, status = excluded.status, delivery = excluded.delivery,
         removal = excluded.removal, until = excluded.until, code = excluded.code, grace = excluded.grace,
         fold = excluded.fold,
         reason = case when excluded.reason = '${toldBefore}' then assignment.reason else excluded.reason end,
         justification = case when excluded.justification = '${toldBefore}' then assignment.justification else excluded.justification end`,
      [JSON.stringify(changes.flatMap(assignmentRowsOf))],
    );
    writeSeparation(changes, work, fold);
    writeEmergencies(changes, work, fold);
    writeBirthrights(changes, work, fold);
    writeVersions(changes, work, fold);
    writeWorkflows(changes, work, fold);
  },
};

/** Means that an earlier fact gave the reason: the row keeps the reason that it has. */
const toldBefore = '';

/** One row of table `assignment`. */
export interface AssignmentRow extends Omit<AssignmentTerms, 'until'> {
  readonly status: 'scheduled' | 'active' | 'suspended' | 'revoked' | 'expired';
  readonly delivery: Delivery;
  readonly removal: RemovalState | null;
  /** Its planned end while it is held; then when it ended. */
  readonly until: string | null;
  readonly code: RevocationCode | null;
  readonly reason: string | null;
  /** Why it was given without a request; null where a request or rule gave it. */
  readonly justification: string | null;
  /** Why and when it ends unless it is kept; null for one whose grounds stand, or that has ended. */
  readonly grace: Grace | null;
}

/** Rows of the assignments these facts speak of: as they are after, or as they ended. */
function assignmentRowsOf({ after, facts }: Pick<Change<Access, AccessEvent>, 'after' | 'facts'>): AssignmentRow[] {
  // The newest fact of each assignment: facts about its removal follow its end.
  const newest = new Map(
    facts.filter((fact) => isOfAssignments(fact)).map((fact) => [fact.data.assignment.assignmentId, fact]),
  );
  const reasons = new Map(facts.flatMap(reasonOf));
  const justifications = new Map(facts.flatMap(justificationOf));
  return [...newest].map(([id, { type, data }]): AssignmentRow => {
    const justification = justifications.has(id) ? (justifications.get(id) ?? null) : toldBefore;
    if (type !== 'AssignmentRevoked' && type !== 'AssignmentRemovalChanged')
      return { ...heldRow(data.assignment, after), justification };
    const { assignment, delivery, revokedAt: until, code } = data;
    const removal = type === 'AssignmentRevoked' ? removalWord(data.removals ?? []) : data.removal;
    return {
      ...assignment,
      status: code === 'expired' ? 'expired' : 'revoked',
      delivery,
      removal,
      until,
      code,
      reason: reasons.has(id) ? (reasons.get(id) ?? null) : toldBefore,
      justification,
      grace: null,
    };
  });
}

function heldRow(terms: AssignmentTerms, { assignments }: Access): Omit<AssignmentRow, 'justification'> {
  const now = assignments.find(({ assignmentId }) => assignmentId === terms.assignmentId);
  const { applications, phase, until, grace } = now ?? { applications: [], phase: 'active' as const, grace: null };
  const open = { removal: null, code: null, reason: null };
  return { ...terms, ...open, grace, status: phase, delivery: deliveryOf(applications), until: until ?? null };
}

function reasonOf(fact: AccessEvent): [string, string | null][] {
  if (fact.type !== 'AssignmentRevoked') return [];
  return [[fact.data.assignment.assignmentId, fact.personal.reason.fields?.reason ?? null]];
}

function justificationOf(fact: AccessEvent): [string, string | null][] {
  if (fact.type !== 'AssignmentCreated') return [];
  return [[fact.data.assignment.assignmentId, fact.personal?.reason.fields?.reason ?? null]];
}
