import type { ApprovalStage } from '#libs/contracts/catalog.js';
import type { IdentityStatus } from '../identities/identities.exports.js';
import { packageMeantBy } from '../policy/policy.exports.js';

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
  readonly people: PeopleWhoDecide;
  /** Who decided in earlier stages, where each stage needs other people. */
  readonly decidedBefore: ReadonlySet<string>;
  /** Who granted an exception from separation of duties that the request needs. */
  readonly excepted: ReadonlySet<string>;
}

/** What is known of the people who may decide. */
export interface PeopleWhoDecide {
  /** Null for an unknown person. */
  statusOf(identityId: string): IdentityStatus | null;
  managerOf(identityId: string): string | null;
  holdersOf(packageId: string): readonly string[];
  /** Is there somebody to whom their decisions are delegated now? */
  hasDelegate(identityId: string): boolean;
}

/** The people of an open stage. */
export interface Opening {
  readonly able: readonly string[];
  /** How many of them must approve. */
  readonly quorum: number;
  /** Why people of the escalation list are among them, as text for people; null where there are none. */
  readonly escalation: { readonly reasons: readonly string[] } | null;
  /** Why too few can decide; empty when enough can. */
  readonly missing: readonly string[];
}

/** Everybody whom these approvers of a stage mean, whether they can decide or not. */
export function namedBy(approvers: readonly string[], about: AboutApprovers): Set<string> {
  return new Set(approvers.flatMap((approver) => [...namedAs(approver, about)]));
}

/**
 * Who decides in a stage that opens now: the people whom it names and who are here, without the requester, the
 * beneficiary and everybody who reports to them. Where these are too few, the escalation list helps; without one, an
 * approver on leave decides after their return.
 */
export function openingOf(stage: ApprovalStage, about: AboutApprovers): Opening {
  return opened(stage, stage.approvers, about);
}

/** Who decides after nobody did in time: the escalation list, or the managers of those who were asked. */
export function escalationOf(stage: ApprovalStage, asked: readonly string[], about: AboutApprovers): Opening {
  const named = stage.escalateTo ?? [];
  const managers = asked.flatMap((id) => about.people.managerOf(id) ?? []).map((id) => `user:${id}`);
  const reasons = ['nobody decided in time'];
  return {
    ...opened({ ...stage, escalateTo: [] }, named.length > 0 ? named : managers, about),
    escalation: { reasons },
  };
}

function opened(stage: ApprovalStage, approvers: readonly string[], about: AboutApprovers): Opening {
  const willing = ableAmong(approvers, about);
  const present = willing.filter((id) => !isAway(id, about));
  const enough = (many: number): boolean => many >= (stage.quorum === 'all' ? 1 : stage.quorum);
  const of = (able: readonly string[], escalation: Opening['escalation'], missing: readonly string[]): Opening => ({
    able,
    quorum: stage.quorum === 'all' ? Math.max(1, able.length) : stage.quorum,
    escalation,
    missing,
  });
  if (enough(present.length)) return of(present, null, []);
  const reasons = [...new Set(approvers.flatMap((approver) => obstaclesOf(approver, about)))];
  const helping = ableAmong(stage.escalateTo ?? [], about).filter((id) => !isAway(id, about));
  const together = [...new Set([...present, ...helping])].sort();
  if (helping.length > 0 && enough(together.length)) return of(together, { reasons }, []);
  if (enough(willing.length)) return of(willing, null, []);
  const escalated = (stage.escalateTo ?? []).flatMap((approver) => obstaclesOf(approver, about));
  const [needed, given] = [stage.quorum === 'all' ? 1 : stage.quorum, new Set([...willing, ...helping]).size];
  const count = `the package needs ${needed} ${needed === 1 ? 'approval' : 'different approvals'}, and ${given} can be given`;
  return of([...new Set([...willing, ...helping])].sort(), null, [...new Set([...reasons, ...escalated, count])]);
}

const ableAmong = (approvers: readonly string[], about: AboutApprovers): string[] =>
  [...namedBy(approvers, about)].filter((id) => obstacleOf(id, about) === null).sort();

/** On leave, and their decisions are not delegated. */
const isAway = (id: string, { people }: AboutApprovers): boolean =>
  people.statusOf(id) === 'on-leave' && !people.hasDelegate(id);

function namedAs(approver: string, { managerId, applications, ownersOf, people }: AboutApprovers): Iterable<string> {
  const packageId = packageMeantBy(approver);
  if (packageId !== null) return people.holdersOf(packageId);
  if (approver === 'application-owner') return ownersOf(applications);
  if (approver === 'manager') return managerId === null ? [] : [managerId];
  if (approver !== 'managers-manager') return [approver.slice('user:'.length)];
  const above = managerId === null ? null : people.managerOf(managerId);
  return above === null ? [] : [above];
}

const titles: Readonly<Record<string, string>> = {
  manager: 'the manager',
  'managers-manager': 'the manager of the manager',
  'application-owner': 'an owner',
};

function obstaclesOf(approver: string, about: AboutApprovers): string[] {
  const named = [...namedAs(approver, about)];
  if (named.length === 0) return [absenceOf(approver, about)];
  const packageId = packageMeantBy(approver);
  const called = titles[approver] ?? (packageId === null ? approver : `a holder of ${packageId}`);
  return named.flatMap((id) => {
    const obstacle = obstacleOf(id, about) ?? (isAway(id, about) ? 'is on leave, without a delegate' : null);
    return obstacle === null ? [] : [`${called} ${obstacle}`];
  });
}

function absenceOf(approver: string, { managerId, managerNamed, applications }: AboutApprovers): string {
  const packageId = packageMeantBy(approver);
  if (packageId !== null) return `nobody holds ${packageId}`;
  if (approver === 'application-owner') return `no owner is named for ${applications.join(', ') || 'any application'}`;
  if (approver === 'managers-manager' && managerId !== null) return 'the manager has no manager';
  if (!managerNamed) return 'the beneficiary has no manager';
  return 'the manager that HR names is unknown, or is the beneficiary';
}

/** Why one person cannot decide; null when they can. */
function obstacleOf(id: string, about: AboutApprovers): string | null {
  const { requesterId, beneficiaryId, people, decidedBefore, excepted } = about;
  if (id === beneficiaryId) return 'is the beneficiary';
  if (id === requesterId) return 'is who asks';
  const status = people.statusOf(id);
  if (status === null) return 'is not a known identity';
  if (status === 'inactive') return 'has left';
  if (decidedBefore.has(id)) return 'has decided in an earlier stage';
  if (excepted.has(id)) return 'granted the exception that it needs';
  return reportsToOneOf(id, [beneficiaryId, requesterId], people) ? 'reports to who asks, or to the beneficiary' : null;
}

/** Is one of these people a direct or indirect manager of this one? */
export function reportsToOneOf(id: string, superiors: readonly string[], people: PeopleWhoDecide): boolean {
  const seen = new Set<string>();
  for (let above = people.managerOf(id); above !== null && !seen.has(above); above = people.managerOf(above)) {
    if (superiors.includes(above)) return true;
    seen.add(above);
  }
  return false;
}
