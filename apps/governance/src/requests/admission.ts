import type { AccessPackage, CatalogSnapshot } from '../policy/policy.exports.js';
import type { ApprovalStage } from '#libs/contracts/catalog.js';
import { type Changes, holds } from '../assignments/assignments.exports.js';
import { attributesOf, type IdentityStatus } from '../identities/identities.exports.js';
import { filterResourceOf, type Person } from '../people/people.exports.js';
import type { Asked, Completion } from './access-request.js';
import type { RefusalCode } from './access-request.errors.js';
import type { RequestTerms } from './access-request.events.js';
import { namedBy, type AboutApprovers } from './approvers.js';

/** What is known of a request before it is made. */
export interface Asking {
  readonly requesterId: string;
  readonly beneficiaryId: string;
  readonly beneficiaryManagerId: string | null;
  readonly beneficiaryInactive: boolean;
  readonly eligible: boolean;
  readonly held: boolean;
  readonly open: boolean;
  /** Why too few people can decide; empty if enough can, or nobody has to. */
  readonly undecidable: readonly string[];
}

/** Why a request may not be made; null when it may. */
export function refusalOf(asking: Asking, { requestFor }: Pick<AccessPackage, 'requestFor'>): RefusalCode | null {
  if (requestFor === null) return 'request.nobody_may_ask';
  if (!mayAskFor(asking, requestFor)) return 'request.not_for_them';
  if (asking.beneficiaryInactive || !asking.eligible) return 'request.not_eligible';
  if (asking.held) return 'request.already_held';
  if (asking.open) return 'request.already_open';
  return asking.undecidable.length > 0 ? 'request.nobody_can_decide' : null;
}

function mayAskFor(
  { requesterId, beneficiaryId, beneficiaryManagerId }: Asking,
  requestFor: 'self' | 'team' | 'anyone',
): boolean {
  if (requestFor === 'anyone' || requesterId === beneficiaryId) return true;
  return requestFor === 'team' && beneficiaryManagerId === requesterId;
}

/** What is known of a request before it is made. */
export function askingOf(
  { requesterId, beneficiaryId, packageId }: Pick<RequestTerms, 'requesterId' | 'beneficiaryId' | 'packageId'>,
  { identity, access }: Person,
  { open, undecidable }: { open: boolean; undecidable: readonly string[] },
  catalog: CatalogSnapshot,
): Asking {
  const { state } = identity;
  const known = state.status !== 'absent';
  return {
    requesterId,
    beneficiaryId,
    beneficiaryManagerId: known ? state.managerId : null,
    beneficiaryInactive: !known || state.status === 'inactive',
    eligible: known && catalog.isEligible(packageId, filterResourceOf(state)),
    held: holds(packageId, access.state),
    open,
    undecidable,
  };
}

export const stagesOf = (approval: AccessPackage['approval']): readonly ApprovalStage[] =>
  approval === 'none' || approval === null ? [] : approval.stages;

/** What says who decides on a request for this beneficiary. */
export function aboutApprovers(
  { requesterId, beneficiaryId }: Pick<RequestTerms, 'requesterId' | 'beneficiaryId'>,
  applications: readonly string[],
  { identity: { state } }: Person,
  catalog: CatalogSnapshot,
): AboutApprovers {
  const known = state.status === 'absent' ? null : state;
  return {
    requesterId,
    beneficiaryId,
    managerId: known?.managerId ?? null,
    managerNamed: known !== null && attributesOf(known)?.managerId !== undefined,
    applications,
    ownersOf: (ids) => catalog.ownersOf(ids),
  };
}

/** Null for somebody the hub does not know. */
export function statusOf({ identity: { state } }: Person): IdentityStatus | null {
  return state.status === 'absent' ? null : state.status;
}

/** Who may decide in the open stage. A request that does not say so is older than the field: whom its stage means today. */
export function approversNow(asked: Asked, beneficiary: Person, catalog: CatalogSnapshot): Set<string> {
  if (asked.approverIds !== null) return new Set(asked.approverIds);
  const [stage] = asked.stages;
  if (stage === undefined) return new Set();
  return namedBy(stage, aboutApprovers(asked.request, asked.applications, beneficiary, catalog));
}

/** Eligibility, status and what is held are always today's. */
export function completionOf(
  { request }: Asked,
  { identity, access }: Person,
  catalog: CatalogSnapshot,
  assignmentId: string,
): Completion {
  const { state } = identity;
  const { packageId } = request;
  if (holds(packageId, access.state)) return { outcome: 'already-held' };
  const grantable = catalog.accessPackage(packageId)?.document.status === 'published';
  const eligible =
    state.status !== 'absent' && state.status !== 'inactive' && catalog.isEligible(packageId, filterResourceOf(state));
  return grantable && eligible ? { outcome: 'assign', assignmentId } : { outcome: 'not-eligible' };
}

export function assignmentFor(
  { requestId, packageId, packageVersion, beneficiaryId }: RequestTerms,
  assignmentId: string,
  approvers: readonly string[],
  since: string,
): Changes {
  const cause = { type: 'request', request: requestId, approvers } as const;
  return {
    created: [{ assignmentId, identityId: beneficiaryId, packageId, packageVersion, cause, since }],
    revoked: [],
  };
}
