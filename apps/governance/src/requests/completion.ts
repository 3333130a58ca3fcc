import { type Changes, exceptedRules, holds, noChanges } from '../assignments/assignments.exports.js';
import { filterResourceOf, type Person } from '../people/people.exports.js';
import { type CatalogSnapshot, isLive, later } from '../policy/policy.exports.js';
import type { Asked } from './access-request.js';
import type { Completion } from './decide.js';

/** From when to when access is given; `until` is exclusive, null: without an end. */
export interface Period {
  readonly since: string;
  readonly until: string | null;
}

/** The period that a request gives access for, if it is approved now. @param endsAt as the last approver changes it */
export function periodOf(
  { startsAt, endsAt, lasts }: Pick<Asked, 'startsAt' | 'endsAt' | 'lasts'>,
  at: string,
): Period {
  const since = startsAt !== null && startsAt > at ? startsAt : at;
  return { since, until: endsAt ?? (lasts === null ? null : later(since, lasts)) };
}

/** What the last approval leads to. Eligibility, status and what is held are always today's. */
export function completionOf(
  asked: Pick<Asked, 'request' | 'extends' | 'startsAt' | 'endsAt' | 'lasts'>,
  person: Person,
  catalog: CatalogSnapshot,
  { assignmentId, at }: { readonly assignmentId: string; readonly at: string },
): Completion {
  const { packageId } = asked.request;
  if (asked.extends !== null && !isHeld(asked.extends, person, at))
    return { outcome: 'refused', code: 'no_longer_held' };
  if (asked.extends === null && holds(packageId, person.access.state)) return { outcome: 'already-held' };
  if (isIncompatible(packageId, person, catalog, at)) return { outcome: 'refused', code: 'incompatible' };
  const { since, until } = periodOf(asked, at);
  if (until !== null && until <= since) return { outcome: 'refused', code: 'period_over' };
  if (!mayHave(packageId, person, catalog)) return { outcome: 'refused', code: 'no_longer_eligible' };
  return { outcome: 'assign', assignmentId: asked.extends ?? assignmentId };
}

const isHeld = (id: string, { access }: Person, at: string): boolean =>
  access.state.assignments.some(
    ({ assignmentId, until }) => assignmentId === id && (until === undefined || at < until),
  );

function isIncompatible(packageId: string, { access }: Person, catalog: CatalogSnapshot, at: string): boolean {
  const { assignments } = access.state;
  const held = assignments.map((one) => one.packageId);
  return catalog.separationFor(assignments).conflictsOf(packageId, held, exceptedRules(access.state, at)).length > 0;
}

function mayHave(packageId: string, { identity: { state } }: Person, catalog: CatalogSnapshot): boolean {
  if (state.status === 'absent' || state.status === 'inactive') return false;
  const known = catalog.accessPackage(packageId)?.document;
  return known !== undefined && isLive(known) && catalog.isEligible(packageId, filterResourceOf(state));
}

/** What an approved request changes: a new assignment, or a later end of one that is held. */
export function changesFor(
  asked: Pick<Asked, 'request' | 'extends' | 'startsAt' | 'endsAt' | 'lasts'>,
  { access }: Person,
  { assignmentId, approvers, at }: { assignmentId: string; approvers: readonly string[]; at: string },
): Changes {
  const { requestId, packageId, packageVersion, beneficiaryId } = asked.request;
  const { since, until } = periodOf(asked, at);
  const held = access.state.assignments.find((one) => one.assignmentId === asked.extends);
  if (held !== undefined)
    return until === null
      ? noChanges
      : { ...noChanges, steps: [{ is: 'extended', assignment: held, until, request: requestId }] };
  const cause = { type: 'request', request: requestId, approvers } as const;
  const terms = { assignmentId, identityId: beneficiaryId, packageId, packageVersion, cause, since };
  return { ...noChanges, created: [until === null ? terms : { ...terms, until }] };
}
