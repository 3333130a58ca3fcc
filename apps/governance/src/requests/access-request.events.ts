import type { Fact } from '#libs/event-store/core.js';
import type { ApprovalStage } from '#libs/contracts/catalog.js';

/** Everything that can have happened to one request. Stream: `request-<requestId>`. */
export type AccessRequestEvent =
  | AccessRequested
  | AccessRequestRefused
  | RequestDecided
  | RequestReassigned
  | RequestApproved
  | RequestDenied
  | RequestExpired
  | RequestCancelled;

export const requestFacts = [
  'AccessRequested',
  'AccessRequestRefused',
  'RequestDecided',
  'RequestReassigned',
  'RequestApproved',
  'RequestDenied',
  'RequestExpired',
  'RequestCancelled',
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
  },
  { requester: Justification }
>;
/** The request was refused. */
type AccessRequestRefused = Fact<
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

/** `no_longer_eligible`: approved, but by then the beneficiary was not eligible any more. */
type DenialCode = 'denied_by_approver' | 'no_longer_eligible';
export type CancellationCode = 'withdrawn' | 'cancelled_by_administrator' | 'beneficiary_left' | 'already_held';
