import { uuidv7 } from '#libs/event-store/ids.js';
import { type Changes, noChanges } from '../assignments/assignments.exports.js';
import type { Person } from '../people/people.exports.js';
import { type AccessPackage, type CatalogSnapshot, later, stagesOf } from '../policy/policy.exports.js';
import type { AccessRequestEvent, AccessRequestRefused, RequestTerms } from './access-request.events.js';
import { isDistinct } from './admission.js';
import type { Opening } from './approvers.js';
import { changesFor } from './completion.js';
import { completed } from './decide.js';
import { requested } from './open-request.js';

/** What somebody asks for. */
export interface Submission {
  readonly packageId: string;
  /** The caller, unless given. */
  readonly beneficiaryId: string | null;
  readonly justification: string | null;
  /** From the approval on, unless given. */
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  /** The assignment that is to end later; null where a new one is asked for. */
  readonly extends: string | null;
}

/** What the answer depends on. */
export interface AskedAround {
  readonly catalog: CatalogSnapshot;
  readonly beneficiary: Person;
  readonly opening: Opening | null;
  readonly at: string;
}

/** A submission that is not refused. */
export interface Asking extends Submission {
  readonly request: RequestTerms;
  /** How long the access lasts from its start on, by the package; null for one that is extended. */
  readonly lasts: string | null;
}

/** The request, and its approval if the policy needs no approver. */
export function askFor(
  asking: Asking,
  { approval }: AccessPackage,
  { catalog, beneficiary, opening, at }: AskedAround,
): { events: AccessRequestEvent[]; changes: Changes; dueAt: string | null } {
  const { request } = asking;
  const stages = stagesOf(approval);
  const timeout = stages[0]?.timeout;
  const dueAt = timeout === undefined ? null : later(at, timeout);
  const applications = catalog.applicationsOf(request.packageId);
  const distinct = isDistinct(approval) ? {} : ({ distinct: false } as const);
  const route = { ...routeOf(opening), ...distinct };
  const data = { request, stages, applications, requestedAt: at, dueAt, ...route, ...periodOf(asking) };
  const asked = requested(data, asking.justification);
  if (stages.length > 0) return { events: [asked], changes: noChanges, dueAt };
  const assignmentId = asking.extends ?? uuidv7();
  return {
    events: [asked, completed(request, [], { outcome: 'assign', assignmentId }, at)],
    changes: changesFor(asking, beneficiary, { assignmentId, approvers: [], at }),
    dueAt: null,
  };
}

/** Who decides first, and how many of them must. */
function routeOf(opening: Opening | null) {
  if (opening === null) return { approverIds: [], quorum: 0 };
  const { able: approverIds, quorum, escalation } = opening;
  return { approverIds, quorum, ...(escalation === null ? {} : { escalation }) };
}

export const ableIn = (opening: Opening | null): Opening['able'] => opening?.able ?? [];

/** Of the period only what was said. */
const periodOf = ({ startsAt, endsAt, lasts, extends: extended }: Asking) => ({
  ...(startsAt === null ? {} : { startsAt }),
  ...(endsAt === null ? {} : { endsAt }),
  ...(lasts === null ? {} : { lasts }),
  ...(extended === null ? {} : { extends: extended }),
});

/** The record of a request that may not be made. */
export function refusedOf(
  terms: RequestTerms,
  code: string,
  justification: string | null,
  at: string,
): AccessRequestRefused {
  const fields = justification === null ? {} : { justification };
  const personal = { requester: { subject: terms.requesterId, fields } };
  return { type: 'AccessRequestRefused', v: 1, data: { request: terms, code, refusedAt: at }, personal };
}
