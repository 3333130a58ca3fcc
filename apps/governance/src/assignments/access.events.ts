import type { Fact } from '#libs/event-store/core.js';

/** Everything that can have happened to what one identity holds. Stream: `access-<identityId>`. */
export type AccessEvent = AssignmentCreated | AssignmentRevoked | AssignmentDeliveryChanged;

export const accessFacts = ['AssignmentCreated', 'AssignmentRevoked', 'AssignmentDeliveryChanged'] as const;

export type AssignmentCreated = Fact<
  'AssignmentCreated',
  1,
  {
    readonly assignment: AssignmentTerms;
    /** Applications the package reached into, each with the desired access that first carried this assignment. */
    readonly applications: readonly Carried[];
  }
>;

export type AssignmentRevoked = Fact<
  'AssignmentRevoked',
  1,
  {
    readonly assignment: AssignmentTerms;
    readonly code: RevocationCode;
    readonly delivery: Delivery;
    readonly revokedAt: string;
  },
  { reason: { readonly reason?: string } }
>;

/** One application's part in a delivery changed. */
export type AssignmentDeliveryChanged = Fact<
  'AssignmentDeliveryChanged',
  1,
  {
    readonly assignment: AssignmentTerms;
    readonly carried: Carried;
    /** Over all applications. */
    readonly delivery: Delivery;
  }
>;

/** What never changes of an assignment. */
export interface AssignmentTerms {
  readonly assignmentId: string;
  readonly identityId: string;
  readonly packageId: string;
  /** Of the package when it was assigned. */
  readonly packageVersion: number;
  readonly cause: Cause;
  readonly since: string;
}

export type Cause =
  | { readonly type: 'request'; readonly request: string; readonly approvers: readonly string[] }
  | { readonly type: 'birthright'; readonly rule: string };

/** How far one application is. `sequence` is null while its desired access cannot carry the assignment yet. */
export interface Carried {
  readonly application: string;
  readonly epoch: number | null;
  readonly sequence: number | null;
  readonly delivery: ApplicationDelivery;
}

type ApplicationDelivery = 'pending' | 'delivering' | 'delivered' | 'failed';
export type Delivery = ApplicationDelivery | 'partial';

export type RevocationCode =
  /** The identity became inactive. */
  | 'left'
  /** No rule gives it any more. */
  | 'rule_no_longer_matches'
  /** A policy administrator took it away. */
  | 'revoked_by_administrator';
