import { type EntitlementFields, entitlementKey } from '#libs/contracts/entitlement.js';
import { DomainError } from '#libs/event-store/core.js';
import { foundGrant, foundPackageId } from '../policy/policy.exports.js';
import type { AssignmentRemovalChanged, AssignmentRevoked, Removal } from './access.events.js';
import { type Access, type Assignment, type Changes, type EndedAssignment, noChanges } from './access-state.js';
import { removalChanges } from './application-answers.js';
import { type AsFound, type AssignmentTerms, certifiedTerms } from './assignment-terms.js';
import { heldIn } from './end-change.js';

/** Only what was found is certified; other access has an approver. */
class NotAsFound extends DomainError {
  readonly code = 'assignment.not_as_found';
}
/** Somebody certified it before. */
class AlreadyCertified extends DomainError {
  readonly code = 'assignment.certified';
}
/** Nobody certifies their own access. */
class OwnCertification extends DomainError {
  readonly code = 'assignment.own_certification';
}

/** What a complete reading showed of one person, as far as nobody gave it through the hub. */
export interface FoundAccess {
  readonly connector: string;
  readonly application: string;
  readonly account: string | null;
  readonly reading: string;
  readonly entitlements: readonly (EntitlementFields & {
    readonly firstSeenAt: string;
    readonly sinceUnknown: boolean;
  })[];
}

/** What decisions about found access take from outside. */
export interface FindingTerms {
  readonly identityId: string;
  readonly newId: () => string;
  readonly certifyBy: string;
}

type Held = Assignment & { readonly cause: AsFound };
const isHeldAsFound = (one: Assignment): one is Held => one.cause.type === 'as-found';

/**
 * New assignments for what is found, and the end of those of which nothing is shown any more. What somebody ended is not found again, unless it
 * was seen first after that.
 */
export function foundChanges(found: FoundAccess, terms: FindingTerms, state: Access): Changes {
  const { connector, application, account, reading } = found;
  const shown = new Map(found.entitlements.map((one) => [foundPackageId(application, one), one]));
  const held = state.assignments.filter(isHeldAsFound).filter(({ cause }) => cause.connector === connector);
  const known = new Set(held.map(({ packageId }) => packageId));
  const ended = new Map((state.endedFound ?? []).map(({ packageId, endedAt }) => [packageId, endedAt]));
  const created = [...shown]
    .filter(([packageId, { firstSeenAt }]) => !known.has(packageId) && firstSeenAt > (ended.get(packageId) ?? ''))
    .map(([packageId, { firstSeenAt, sinceUnknown }]) => ({
      assignmentId: terms.newId(),
      identityId: terms.identityId,
      packageId,
      packageVersion: 0,
      since: firstSeenAt,
      cause: {
        type: 'as-found' as const,
        connector,
        account: account ?? '',
        reading,
        firstSeenAt,
        sinceUnknown,
        certifyBy: terms.certifyBy,
        overdueSince: null,
        certifiedBy: null,
        certifiedAt: null,
      },
    }));
  const revoked = held
    .filter(({ packageId }) => !shown.has(packageId))
    .map((assignment) => ({ assignment, code: 'no_longer_there' as const, reason: null }));
  return { ...noChanges, created, revoked };
}

/** What somebody ended, and a complete reading does not show any more, is gone. */
export function goneAfter({ application, entitlements }: FoundAccess, state: Access): AssignmentRemovalChanged[] {
  const shown = new Set(entitlements.map(entitlementKey));
  const after = (removal: Removal): Removal =>
    removal.application === application
      ? {
          ...removal,
          items: removal.items.map((item) => (shown.has(entitlementKey(item)) ? item : { ...item, removal: 'done' })),
        }
      : removal;
  return state.ended
    .filter(({ assignment }) => assignment.cause.type === 'as-found')
    .flatMap((ended) => removalChanges(ended, after));
}

/** Somebody says that what was found stays. @throws AssignmentNotActive, NotAsFound, AlreadyCertified, OwnCertification */
export function certify(
  assignmentId: string,
  { by, own, reason }: { readonly by: string; readonly own: boolean; readonly reason: string },
  state: Access,
): Changes {
  const assignment = heldIn(assignmentId, state);
  if (!isHeldAsFound(assignment))
    throw new NotAsFound('it was not found in an application: it has its grounds', { assignmentId });
  if (own) throw new OwnCertification('nobody certifies their own access', { assignmentId });
  if (assignment.cause.certifiedBy !== null)
    throw new AlreadyCertified('somebody has certified it before: revoke it if it is to end', { assignmentId });
  return { ...noChanges, steps: [{ is: 'certified', assignment, by, reason }] };
}

/** Was it found, and has nobody said that it stays? */
export const isUncertified = (one: Assignment): boolean => isHeldAsFound(one) && one.cause.certifiedBy === null;

/** A reviewer who decides about one assignment, and does not end it, also says that what was found stays. @param changes of this assignment alone */
export function alsoCertified(
  assignment: Assignment,
  { by, at, reason }: { readonly by: string; readonly at: string; readonly reason: string },
  changes: Changes,
): Changes {
  if (!isHeldAsFound(assignment) || assignment.cause.certifiedBy !== null) return changes;
  const after = { ...assignment, ...certifiedTerms(assignment, { by, at }) };
  const others = changes.steps.map((step) => ({ ...step, assignment: after }));
  return { ...changes, steps: [{ is: 'certified', assignment, by, reason }, ...others] };
}

/** When somebody must have said whether it stays; null where nobody has to any more. */
export function certificationDue({ cause }: Pick<AssignmentTerms, 'cause'>): string | null {
  if (cause.type !== 'as-found' || cause.certifiedBy !== null || cause.overdueSince !== null) return null;
  return cause.certifyBy;
}

/** What was found and ended by a decision is remembered; what is not there any more may be found again. */
export function endedFoundAfter(
  { data: { assignment, code, revokedAt } }: AssignmentRevoked,
  { endedFound = [] }: Access,
): Pick<Access, 'endedFound'> {
  if (assignment.cause.type !== 'as-found' || code === 'no_longer_there') return {};
  const others = endedFound.filter(({ packageId }) => packageId !== assignment.packageId);
  return { endedFound: [...others, { packageId: assignment.packageId, endedAt: revokedAt }] };
}

/** What was found, was ended by a decision and is not known to be gone: the application is to take it away, also where the hub never gave it. */
export function withdrawnOf(
  ended: readonly EndedAssignment[],
  revoked: Changes['revoked'],
): { readonly application: string; readonly entitlement: EntitlementFields; readonly assignmentId: string }[] {
  const all = [
    ...ended.map(({ assignment, code }) => ({ assignment, code })),
    ...revoked.map(({ assignment, code }) => ({ assignment, code })),
  ];
  return all.flatMap(({ assignment: { cause, packageId, assignmentId }, code }) => {
    const grant = foundGrant(packageId);
    if (cause.type !== 'as-found' || code === 'no_longer_there' || grant === null) return [];
    return [{ application: grant.application, entitlement: grant, assignmentId }];
  });
}
