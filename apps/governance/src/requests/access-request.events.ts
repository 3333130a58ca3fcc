import type { Fact } from '#libs/event-store/core.js';
import type { ApprovalStage } from '#libs/contracts/catalog.js';

/** Everything that can have happened to one request. Stream: `request-<requestId>`. */
export type AccessRequestEvent =
  | AccessRequested
  | AccessRequestRefused
  | RequestDecided
  | RequestReassigned
  | RequestStageOpened
  | RequestRerouted
  | RequestReminded
  | RequestApproved
  | RequestDenied
  | RequestExpired
  | RequestCancelled
  | RequestReopened;

export const requestFacts = [
  'AccessRequested',
  'AccessRequestRefused',
  'RequestDecided',
  'RequestReassigned',
  'RequestStageOpened',
  'RequestRerouted',
  'RequestReminded',
  'RequestApproved',
  'RequestDenied',
  'RequestExpired',
  'RequestCancelled',
  'RequestReopened',
] as const;

/** What never changes of a request. */
export interface RequestTerms {
  readonly requestId: string;
  readonly packageId: string;
  /** Version of the package, and so of its policy, that the request was made under. */
  readonly packageVersion: number;
  readonly requesterId: string;
  readonly beneficiaryId: string;
}

interface Justification {
  readonly justification?: string;
}

export type AccessRequested = Fact<
  'AccessRequested',
  1,
  {
    readonly request: RequestTerms;
    /** The stages of the policy version above; empty: no approval is needed. */
    readonly stages: readonly ApprovalStage[];
    readonly applications: readonly string[];
    readonly requestedAt: string;
    /** When the open stage times out; null without a stage. */
    readonly dueAt: string | null;
    /**
     * Who may decide in the open stage. Absent in facts older than the field: then the people whom the stage means at
     * the time.
     */
    readonly approverIds?: readonly string[];
    /** How many approvals the open stage needs; absent in facts older than the field: what the stage says. */
    readonly quorum?: number;
    readonly escalation?: Escalation;
    /** Absent: each stage is decided by other people than the stages before it. */
    readonly distinct?: false;
    /** Of the access; absent: from the approval on, and without an end. */
    readonly startsAt?: string;
    readonly endsAt?: string;
    /** How long it lasts where no end is asked for; absent: without an end. */
    readonly lasts?: string;
    /** The assignment that is to end later; absent where a new one is asked for. */
    readonly extends?: string;
  },
  { requester: Justification }
>;
/** The request was refused. */
export type AccessRequestRefused = Fact<
  'AccessRequestRefused',
  1,
  { readonly request: RequestTerms; readonly code: string; readonly refusedAt: string },
  { requester: Justification }
>;
export type RequestDecided = Fact<
  'RequestDecided',
  1,
  {
    readonly request: RequestTerms;
    readonly stage: number;
    readonly approverId: string;
    readonly decision: 'approve' | 'deny';
    readonly decidedAt: string;
    /** The approver who delegated it; absent where nobody did. */
    readonly onBehalfOf?: string;
    /** The end of the access as the approver changed it; absent where they did not. */
    readonly endsAt?: string;
    /** What the approver was shown. Absent in facts older than the field. */
    readonly shown?: Shown;
  },
  { approver: { readonly comment?: string } }
>;
/** A policy administrator named other approvers for the open stage. */
export type RequestReassigned = Fact<
  'RequestReassigned',
  1,
  {
    readonly request: RequestTerms;
    readonly stage: number;
    readonly approverIds: readonly string[];
    /** The timeout of the stage starts again. */
    readonly dueAt: string;
    readonly reassignedAt: string;
  },
  { beneficiary: { readonly reason: string } }
>;
/** The stage before it was approved, and this one waits for its approvers. */
export type RequestStageOpened = Fact<
  'RequestStageOpened',
  1,
  {
    readonly request: RequestTerms;
    readonly stage: number;
    readonly approverIds: readonly string[];
    readonly quorum: number;
    readonly escalation?: Escalation;
    readonly dueAt: string;
    readonly openedAt: string;
  }
>;
/** Other people decide now in the open stage, as its policy says. */
export type RequestRerouted = Fact<
  'RequestRerouted',
  1,
  {
    readonly request: RequestTerms;
    readonly stage: number;
    readonly code: RoutingCode;
    readonly approverIds: readonly string[];
    readonly quorum: number;
    readonly escalation?: Escalation;
    readonly dueAt: string | null;
    readonly reroutedAt: string;
  }
>;
/** Half of the stage's time is over, and these people have not decided. */
export type RequestReminded = Fact<
  'RequestReminded',
  1,
  {
    readonly request: RequestTerms;
    readonly stage: number;
    readonly approverIds: readonly string[];
    readonly dueAt: string;
    readonly remindedAt: string;
  }
>;
type RequestApproved = Fact<
  'RequestApproved',
  1,
  {
    readonly request: RequestTerms;
    readonly assignmentId: string;
    readonly approvers: readonly string[];
    readonly approvedAt: string;
  }
>;
type RequestDenied = Fact<
  'RequestDenied',
  1,
  { readonly request: RequestTerms; readonly code: DenialCode; readonly deniedAt: string }
>;
export type RequestExpired = Fact<
  'RequestExpired',
  1,
  { readonly request: RequestTerms; readonly code: 'timeout'; readonly expiredAt: string }
>;
export type RequestCancelled = Fact<
  'RequestCancelled',
  1,
  { readonly request: RequestTerms; readonly code: CancellationCode; readonly cancelledAt: string }
>;

/** The leaving that cancelled it did not hold: it waits again, with what the leaving left of the time of its open stage. */
export type RequestReopened = Fact<
  'RequestReopened',
  1,
  {
    readonly request: RequestTerms;
    readonly stage: number;
    /** Those who could decide before; who can now follows. Null in a request older than the field. */
    readonly approverIds: readonly string[] | null;
    readonly dueAt: string | null;
    readonly reopenedAt: string;
  }
>;

/**
 * `no_longer_eligible`: approved, but by then the beneficiary was not eligible any more. `period_over`: the time that was
 * asked for was over. `incompatible`: by then the beneficiary had a package that excludes it. `no_longer_held`: what was to be extended had ended.
 */
export type DenialCode =
  'denied_by_approver' | 'no_longer_eligible' | 'period_over' | 'no_longer_held' | 'incompatible';
export type CancellationCode =
  'withdrawn' | 'cancelled_by_administrator' | 'beneficiary_left' | 'beneficiary_locked_down' | 'already_held';

/** `timeout`: nobody decided in time. `approver_gone`: an approver left or is on leave. */
export type RoutingCode = 'timeout' | 'manager_changed' | 'approver_gone';

/** Why people of the escalation list decide, in words for people; names nobody but by id. */
export interface Escalation {
  readonly reasons: readonly string[];
}

/** What an approver was shown with the request. */
export interface Shown {
  /** Packages that the beneficiary holds. */
  readonly held: readonly string[];
  /** Rules of separation of duties that the package would violate beside these, also where an exception allows it. Absent in older facts. */
  readonly conflicts?: readonly { readonly rule: string; readonly packages: readonly string[] }[];
  /** People of the same department and job, and how many of them hold the package; null where HR states neither. */
  readonly peers: { readonly people: number; readonly holders: number } | null;
  /** Decisions on earlier requests of this package for the beneficiary. */
  readonly formerDecisions: readonly { readonly request: string; readonly status: string }[];
}
