import type { ApprovalStage } from '#libs/contracts/catalog.js';
import type { IdentityStatus } from '../identities/identities.exports.js';

/** What says who decides on a request. */
export interface AboutApprovers {
  readonly requesterId: string;
  readonly beneficiaryId: string;
  /** Of the beneficiary; null while HR names none, or one the hub does not know. */
  readonly managerId: string | null;
  /** Does HR name a manager, known or not? */
  readonly managerNamed: boolean;
  readonly applications: readonly string[];
  readonly ownersOf: (applications: readonly string[]) => ReadonlySet<string>;
}

/** Who can decide, and, where that is not enough, why the others cannot. */
export interface Approvers {
  readonly able: readonly string[];
  /** In words for people; empty when enough can decide. */
  readonly missing: readonly string[];
}

/** Everybody whom a stage names, whether they can decide or not. */
export function namedBy({ approvers }: ApprovalStage, about: AboutApprovers): Set<string> {
  return new Set(approvers.flatMap((approver) => [...namedAs(approver, about)]));
}

/**
 * The approvers of a stage: the active people that it names, without the requester and the beneficiary.
 * @param statusOf null for an unknown person
 */
export function approversOf(
  stage: ApprovalStage,
  about: AboutApprovers,
  statusOf: (identityId: string) => IdentityStatus | null,
): Approvers {
  const able = [...namedBy(stage, about)].filter((id) => obstacleOf(id, about, statusOf) === null).sort();
  if (able.length >= stage.quorum) return { able, missing: [] };
  const why = stage.approvers.flatMap((approver) => obstaclesOf(approver, about, statusOf));
  const count = `the package needs ${stage.quorum} ${stage.quorum === 1 ? 'approval' : 'different approvals'}, and ${able.length} can be given`;
  return { able, missing: [...new Set([...why, count])] };
}

function namedAs(approver: string, { managerId, applications, ownersOf }: AboutApprovers): ReadonlySet<string> {
  if (approver === 'manager') return new Set(managerId === null ? [] : [managerId]);
  if (approver === 'application-owner') return ownersOf(applications);
  return new Set([approver.slice('user:'.length)]);
}

function obstaclesOf(
  approver: string,
  about: AboutApprovers,
  statusOf: (identityId: string) => IdentityStatus | null,
): string[] {
  const named = [...namedAs(approver, about)];
  if (named.length === 0) return [absenceOf(approver, about)];
  const called = approver === 'manager' ? 'the manager' : approver === 'application-owner' ? 'an owner' : approver;
  return named.flatMap((id) => {
    const obstacle = obstacleOf(id, about, statusOf);
    return obstacle === null ? [] : [`${called} ${obstacle}`];
  });
}

function absenceOf(approver: string, { managerNamed, applications }: AboutApprovers): string {
  if (approver === 'application-owner') return `no owner is named for ${applications.join(', ') || 'any application'}`;
  if (!managerNamed) return 'the beneficiary has no manager';
  return 'the manager that HR names is unknown, or is the beneficiary';
}

/** Why one person cannot decide; null when they can. */
function obstacleOf(
  id: string,
  { requesterId, beneficiaryId }: AboutApprovers,
  statusOf: (identityId: string) => IdentityStatus | null,
): string | null {
  if (id === beneficiaryId) return 'is the beneficiary';
  if (id === requesterId) return 'is who asks';
  const status = statusOf(id);
  if (status === null) return 'is not a known identity';
  return status === 'inactive' ? 'has left' : null;
}
