/** `hub.governance.decisions`. Key: the beneficiary's identity; subject: the request or assignment. */
import type { WorkflowStepTerms } from './catalog.js';

export type RequestEventType =
  | 'hub.governance.request.submitted.v1'
  | 'hub.governance.request.refused.v1'
  | 'hub.governance.request.decided.v1'
  | 'hub.governance.request.reassigned.v1'
  | 'hub.governance.request.stage-opened.v1'
  | 'hub.governance.request.rerouted.v1'
  | 'hub.governance.request.reminded.v1'
  /** The leaving that cancelled it did not hold. */
  | 'hub.governance.request.reopened.v1'
  | 'hub.governance.request.approved.v1'
  | 'hub.governance.request.denied.v1'
  | 'hub.governance.request.expired.v1'
  | 'hub.governance.request.cancelled.v1';

/** Body of every `hub.governance.request.*.v1`. */
export interface RequestMessage {
  readonly request: string;
  readonly package: string;
  readonly packageVersion: number;
  readonly requester: string;
  readonly beneficiary: string;
  /** Index of the stage a decision was made in, and who decided. */
  readonly stage?: number;
  readonly approver?: string;
  readonly decision?: 'approve' | 'deny';
  /** The approver who delegated the decision. */
  readonly onBehalfOf?: string;
  /** What the approver was shown: packages held, people of the same department and job, earlier requests. */
  readonly shown?: {
    readonly held: readonly string[];
    /** Rules of separation of duties that the package would violate beside these. Absent in older messages. */
    readonly conflicts?: readonly { readonly rule: string; readonly packages: readonly string[] }[];
    readonly peers: { readonly people: number; readonly holders: number } | null;
    readonly formerDecisions: readonly { readonly request: string; readonly status: string }[];
  };
  /** Of the access: as asked for, or as the approver changed its end. */
  readonly startsAt?: string;
  readonly endsAt?: string;
  /** The assignment that is to end later. */
  readonly extends?: string;
  /** Why people of the escalation list decide, in words. */
  readonly escalation?: readonly string[];
  /** Who may decide in the open stage, since it opened or was reassigned. */
  readonly approvers?: readonly string[];
  /** Code of a refusal, denial, expiry, cancellation or rerouting. */
  readonly code?: string;
  /** Personal to the requester. */
  readonly justification?: string;
  /** Personal to the approver. */
  readonly comment?: string;
  /** Why it was reassigned; personal to the beneficiary. */
  readonly reason?: string;
}

export type AssignmentEventType =
  | 'hub.governance.assignment.created.v1'
  | 'hub.governance.assignment.revoked.v1'
  | 'hub.governance.assignment.expired.v1'
  | 'hub.governance.assignment.started.v1'
  | 'hub.governance.assignment.suspended.v1'
  | 'hub.governance.assignment.resumed.v1'
  | 'hub.governance.assignment.extended.v1'
  /** It ends at another instant, without a request. */
  | 'hub.governance.assignment.end-changed.v1'
  /** Its end is near: see `daysLeft`. */
  | 'hub.governance.assignment.expiring.v1'
  /** It has lost its grounds, and ends at `grace.until` unless somebody keeps it or they return. */
  | 'hub.governance.assignment.grace-started.v1'
  /** It does not end for the reason of its grace. */
  | 'hub.governance.assignment.kept.v1'
  /** Its holder has what these versions of packages give: see `versions`. */
  | 'hub.governance.assignment.version-reached.v1'
  /** Its package is retired, and it lasts until the package in `movesTo` is delivered in its place. */
  | 'hub.governance.assignment.moving.v1'
  /** A released version does not reach its holder: see `versions`, `code` and `because`. */
  | 'hub.governance.assignment.version-withheld.v1'
  /** Somebody said that what was found stays. */
  | 'hub.governance.assignment.certified.v1'
  /** Nobody said in time whether what was found stays. */
  | 'hub.governance.assignment.certification-overdue.v1'
  | 'hub.governance.assignment.delivery-changed.v1'
  /** For an ended assignment: its removal state. */
  | 'hub.governance.assignment.removal-changed.v1';

/** Body of every `hub.governance.assignment.*.v1`. */
export interface AssignmentMessage {
  readonly assignment: string;
  readonly identity: string;
  readonly package: string;
  readonly packageVersion: number;
  readonly status: 'scheduled' | 'active' | 'suspended' | 'revoked' | 'expired';
  readonly delivery: 'pending' | 'delivering' | 'delivered' | 'partial' | 'failed' | 'manual';
  /**
   * For an ended assignment: are its entitlements gone? `not-verifiable`: nothing is left to do, and no reading showed
   * it gone.
   */
  readonly removal?: 'pending' | 'done' | 'not-verifiable' | 'failed';
  readonly cause: AssignmentGrounds;
  readonly since: string;
  readonly until: string | null;
  /** Why it ended, for example `left`, `rule_no_longer_matches`, `revoked_by_administrator`. */
  readonly code?: string;
  /** Why it ends although nobody revoked it, when, and who may decide otherwise. */
  readonly grace?: {
    readonly code: 'rule_no_longer_matches' | 'not_eligible' | 'moved';
    readonly until: string;
    readonly decides: 'nobody' | 'manager';
  };
  /** Versions of the package, or of what it includes, that reach its holder, or do not. */
  readonly versions?: readonly { readonly package: string; readonly version: number }[];
  /** Rules of separation of duties that keep a version from its holder, each with the packages. */
  readonly because?: readonly { readonly rule: string; readonly packages: readonly string[] }[];
  /** The package that takes the place of its own. */
  readonly movesTo?: string;
  /** The ended assignment that came back, because HR took back the termination. */
  readonly restores?: string;
  /** Days until it ends, where that is announced. */
  readonly daysLeft?: number;
  /** Personal to the identity. */
  readonly reason?: string;
}

export type AssignmentGrounds =
  | { readonly type: 'request'; readonly request: string; readonly approvers: readonly string[] }
  | { readonly type: 'birthright'; readonly rule: string }
  /** A step of a workflow gave it; `step`: id of the step of this person. */
  | { readonly type: 'workflow'; readonly workflow: string; readonly version: number; readonly step: string }
  /** Without a request: an owner assigned it, who is eligible activated it, or it was taken in an emergency. */
  | { readonly type: 'direct' | 'just-in-time' | 'break-glass'; readonly by: string }
  | AsFoundGrounds;

/** A reading of the application showed it: nobody is known who approved it, until somebody certifies it. */
export interface AsFoundGrounds {
  readonly type: 'as-found';
  readonly connector: string;
  /** The application's own id of the account. */
  readonly account: string;
  readonly reading: string;
  readonly firstSeenAt: string;
  /** It was there before the first reading. */
  readonly sinceUnknown: boolean;
  readonly certifyBy: string;
  readonly overdueSince: string | null;
  /** UUID of who answers for it. */
  readonly certifiedBy: string | null;
  readonly certifiedAt: string | null;
}

export const delegationMade = 'hub.governance.delegation.made.v1';
export const delegationEnded = 'hub.governance.delegation.ended.v1';
export type DelegationEventType = typeof delegationMade | typeof delegationEnded;

export const identityLockedDown = 'hub.governance.identity.locked-down.v1';
export const lockdownReleased = 'hub.governance.identity.lockdown-released.v1';
export type LockdownEventType = typeof identityLockedDown | typeof lockdownReleased;

/** Body of both. Key and subject: the identity. Who did it is the actor of the event. */
export interface LockdownMessage {
  readonly identity: string;
  readonly at: string;
  /** Personal to the identity. */
  readonly reason: string;
}

/** Body of every `hub.governance.delegation.*.v1`. Key: the delegator's identity; subject: the delegation. */
export interface DelegationMessage {
  readonly delegation: string;
  readonly delegator: string;
  readonly delegate: string;
  readonly from?: string;
  /** Exclusive. */
  readonly until?: string;
  /** Personal to the delegator. */
  readonly reason?: string;
}

export type SeparationEventType =
  | 'hub.governance.separation-exception.granted.v1'
  | 'hub.governance.separation-exception.ended.v1'
  /** The leaving that ended it did not hold. */
  | 'hub.governance.separation-exception.restored.v1'
  /** Found, or found otherwise than before. */
  | 'hub.governance.separation-finding.stated.v1'
  | 'hub.governance.separation-finding.solved.v1';

/** Body of every `hub.governance.separation-exception.*.v1`. Key: the identity; subject: the exception. */
export interface SeparationExceptionMessage {
  readonly exception: string;
  readonly identity: string;
  /** Id of a separation rule, or `package:<id>` for what a package says by `incompatibleWith`. */
  readonly rule: string;
  readonly grantedBy: string;
  /** Exclusive. */
  readonly until: string;
  /** Why it ended. */
  readonly code?: string;
  /** What is done instead against the risk; personal to the identity. */
  readonly mitigation?: string;
}

/** Body of every `hub.governance.separation-finding.*.v1`. Key: the identity; subject: the finding. */
export interface SeparationFindingMessage {
  readonly finding: string;
  readonly identity: string;
  readonly rule: string;
  /** What the person has of it. */
  readonly packages: readonly string[];
  readonly status: 'open' | 'excepted' | 'solved';
  readonly foundAt: string;
  readonly dueAt: string;
}

export type BirthrightEventType =
  | 'hub.governance.birthright-exclusion.made.v1'
  | 'hub.governance.birthright-exclusion.ended.v1'
  /** Withheld, or withheld for another reason than before. */
  | 'hub.governance.birthright.withheld.v1'
  | 'hub.governance.birthright.no-longer-withheld.v1';

/** Body of every `hub.governance.birthright-exclusion.*.v1`. Key: the identity; subject: the exclusion. */
export interface BirthrightExclusionMessage {
  readonly exclusion: string;
  readonly identity: string;
  readonly package: string;
  readonly excludedBy: string;
  /** Exclusive. */
  readonly until: string;
  /** Why it ended. */
  readonly code?: string;
  /** Personal to the identity. */
  readonly reason?: string;
}

/** Body of `hub.governance.birthright.{withheld,no-longer-withheld}.v1`. Key: the identity; subject: the package. */
export interface WithheldBirthrightMessage {
  readonly identity: string;
  readonly package: string;
  readonly rule: string;
  /** The rules of separation of duties that prevent it, each with the packages that the person would have of it. */
  readonly because: readonly { readonly rule: string; readonly packages: readonly string[] }[];
  readonly withheldAt: string;
}

export type SponsorshipEventType =
  | 'hub.governance.sponsorship.stated.v1'
  /** The sponsor has left: another one answers for the contractor. */
  | 'hub.governance.sponsorship.passed.v1'
  /** The end is near: see `daysLeft`. */
  | 'hub.governance.sponsorship.ending.v1'
  | 'hub.governance.sponsorship.ended.v1';

/** Body of every `hub.governance.sponsorship.*.v1`: who answers for a contractor. Key and subject: the contractor. */
export interface SponsorshipMessage {
  readonly identity: string;
  /** Null: nobody. */
  readonly sponsor: string | null;
  /** The first instant without access; null: HR states no end. */
  readonly endsAt: string | null;
  /** The sponsor who has left. */
  readonly former?: string;
  /** Days until the end, where that is announced. */
  readonly daysLeft?: number;
}

export type WorkflowEventType =
  | 'hub.governance.workflow-steps.planned.v1'
  | 'hub.governance.workflow-steps.cancelled.v1'
  | 'hub.governance.workflow-step.taken.v1'
  | 'hub.governance.workflow-step.answered.v1';

/** One step for one person. */
export interface PlannedStepTerms extends WorkflowStepTerms {
  readonly step: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  readonly trigger: 'joiner' | 'mover' | 'leaver';
  readonly dueAt: string;
  /** It is taken once the person has left, not at `dueAt` alone. */
  readonly afterLeaving: boolean;
}

/** Body of `hub.governance.workflow-steps.{planned,cancelled}.v1`. Key and subject: the identity. */
export interface WorkflowStepsMessage {
  readonly identity: string;
  /** Why they are planned, or cancelled. */
  readonly code: string;
  readonly steps: readonly PlannedStepTerms[];
}

/** Body of `hub.governance.workflow-step.taken.v1`. Key: the identity; subject: the step. */
export interface WorkflowStepTakenMessage extends PlannedStepTerms {
  readonly identity: string;
  /** `not-needed`: there was nothing to do. `failed`: it could not be done. */
  readonly outcome: 'done' | 'not-needed' | 'failed';
  /** Why it was not done; null: it was. */
  readonly code: string | null;
  /** The assignment that it gave or revoked. */
  readonly assignment: string | null;
  /** Who is told. */
  readonly recipient: string | null;
  readonly takenAt: string;
}

/** Body of `hub.governance.workflow-step.answered.v1`. Key: the identity; subject: the step. */
export interface WorkflowStepAnsweredMessage extends PlannedStepTerms {
  readonly identity: string;
  /** By application; of a transfer of ownership: `governance`. */
  readonly answers: readonly { readonly about: string; readonly word: 'waiting' | 'done' | 'failed' }[];
  /** Why it failed; null: it did not. */
  readonly code: string | null;
  readonly answeredAt: string;
}

export const formerAccessOffered = 'hub.governance.former-access.offered.v1';

/** Somebody was hired again: what they had by request comes back only by a request. Key and subject: the identity. */
export interface FormerAccessMessage {
  readonly identity: string;
  readonly assignments: readonly string[];
  readonly offeredAt: string;
}

export const emergencyReviewed = 'hub.governance.emergency.reviewed.v1';

/** Access taken in an emergency was judged after. Key: the identity; subject: the assignment. */
export interface EmergencyMessage {
  readonly assignment: string;
  readonly identity: string;
  readonly package: string;
  readonly takenAt: string;
  readonly outcome: 'justified' | 'unjustified';
  readonly reviewedBy: string;
  readonly reviewedAt: string;
  /** Personal to the identity. */
  readonly comment?: string;
}
