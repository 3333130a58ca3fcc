import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Fact, PersonalPart } from '#libs/event-store/core.js';
import { asFoundFacts, type AsFoundEvent } from './as-found.events.js';
import { birthrightFacts, type BirthrightEvent } from './birthright.events.js';
import { emergencyFacts, type EmergencyReviewed } from './emergency.events.js';
import type { Reached } from '../policy/policy.exports.js';
import type { AssignmentTerms, Carried, Delivery } from './assignment-terms.js';
import { versionFacts, type VersionEvent } from './version.events.js';
import { graceFacts, type Grace, type GraceEvent } from './grace.events.js';
import { separationFacts, type SeparationEvent } from './separation.events.js';
import { workflowFacts, type WorkflowEvent } from './workflow.events.js';

export type { AsFound, AssignmentTerms, AtOnce, ByWorkflow, Carried, Delivery, Grounds } from './assignment-terms.js';

/** Everything that can have happened to what one identity holds. Stream: `access-<identityId>`. */
export type AccessEvent = AssignmentEvent | SeparationEvent | EmergencyReviewed | BirthrightEvent | WorkflowEvent;

export type AssignmentEvent =
  | AssignmentCreated
  | AssignmentRevoked
  | AssignmentDeliveryChanged
  | AssignmentRemovalChanged
  | AssignmentStarted
  | AssignmentSuspended
  | AssignmentResumed
  | AssignmentExtended
  | AssignmentEndChanged
  | AssignmentExpiring
  | GraceEvent
  | VersionEvent
  | AsFoundEvent;

export const accessFacts = [
  'AssignmentCreated',
  'AssignmentRevoked',
  'AssignmentDeliveryChanged',
  'AssignmentRemovalChanged',
  'AssignmentStarted',
  'AssignmentSuspended',
  'AssignmentResumed',
  'AssignmentExtended',
  'AssignmentEndChanged',
  'AssignmentExpiring',
  ...separationFacts,
  ...emergencyFacts,
  ...graceFacts,
  ...versionFacts,
  ...asFoundFacts,
  ...birthrightFacts,
  ...workflowFacts,
] as const;

export const isOfAssignments = <E extends AccessEvent>(
  event: E,
): event is Extract<E, { readonly data: { readonly assignment: AssignmentTerms } }> => 'assignment' in event.data;

export type AssignmentCreated = Fact<
  'AssignmentCreated',
  1,
  {
    readonly assignment: AssignmentTerms;
    /** The applications in which the package grants something, each with the desired access that first contained this assignment. */
    readonly applications: readonly Carried[];
    /** It gives nothing before its start. Absent: it began at once. */
    readonly scheduled?: true;
    /** The ended assignment that comes back. Absent: it is new. */
    readonly restores?: string;
    /** Of the assignment that comes back, where it was to end. */
    readonly grace?: Grace;
    /** Versions that its holder has of what the package includes, or of the package, where these are not all. */
    readonly reached?: Reached;
  }
> & {
  /** Why, in the words of who assigned or took it; absent for a request or rule. */
  readonly personal?: { readonly reason: PersonalPart<{ readonly reason: string }> };
};

/** A scheduled assignment began. */
export type AssignmentStarted = Fact<
  'AssignmentStarted',
  1,
  { readonly assignment: AssignmentTerms; readonly applications: readonly Carried[]; readonly startedAt: string }
>;

/** It gives nothing while the person is on leave, as its package says. */
export type AssignmentSuspended = Fact<
  'AssignmentSuspended',
  1,
  {
    readonly assignment: AssignmentTerms;
    readonly code: 'on_leave';
    /** As it was before. */
    readonly delivery: Delivery;
    readonly suspendedAt: string;
  }
>;

export type AssignmentResumed = Fact<
  'AssignmentResumed',
  1,
  { readonly assignment: AssignmentTerms; readonly applications: readonly Carried[]; readonly resumedAt: string }
>;

/** It ends later than before; `assignment` has the new end. */
export type AssignmentExtended = Fact<
  'AssignmentExtended',
  1,
  {
    readonly assignment: AssignmentTerms;
    readonly formerUntil: string | null;
    readonly request: string;
    readonly status: 'scheduled' | 'active' | 'suspended';
    readonly delivery: Delivery;
    readonly extendedAt: string;
  }
>;

/** It ends at another instant than before, without a request; `assignment` has the new end. */
export type AssignmentEndChanged = Fact<
  'AssignmentEndChanged',
  1,
  {
    readonly assignment: AssignmentTerms;
    readonly formerUntil: string | null;
    readonly cause: EndCause;
    readonly status: 'scheduled' | 'active' | 'suspended';
    readonly delivery: Delivery;
    readonly changedAt: string;
  }
>;

/** It ends in so many days, unless somebody extends it. */
export type AssignmentExpiring = Fact<
  'AssignmentExpiring',
  1,
  {
    readonly assignment: AssignmentTerms;
    readonly daysLeft: number;
    readonly status: 'scheduled' | 'active' | 'suspended';
    readonly delivery: Delivery;
    readonly noticedAt: string;
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
    /** What applications have to remove, each once; absent in facts older than this field. */
    readonly removals?: readonly Removal[];
  },
  { reason: { readonly reason?: string } }
>;

/** One application's part in the removal of an assignment that ended has changed. */
export type AssignmentRemovalChanged = Fact<
  'AssignmentRemovalChanged',
  1,
  {
    readonly assignment: AssignmentTerms;
    readonly code: RevocationCode;
    /** As it was when it ended. */
    readonly delivery: Delivery;
    readonly revokedAt: string;
    readonly changed: Removal;
    /** Over all applications. */
    readonly removal: RemovalState;
  }
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
> & {
  /** What the application said when it refused; absent in facts older than the field, and where it said nothing. */
  readonly personal?: { readonly words: PersonalPart<{ readonly words: string }> };
};

/** Why the end of an assignment changed. `by`: UUID of the actor. */
export type EndCause =
  /** A reviewer shortened it. */
  | { readonly type: 'review'; readonly review: string; readonly by: string }
  /** An owner or policy administrator gave it another end. */
  | { readonly type: 'direct'; readonly by: string }
  /** The exception of the rule that gives it has another end. */
  | { readonly type: 'rule'; readonly rule: string };

/** What one application has to remove. `epoch` and `sequence` belong to the desired access that no longer grants it. */
export interface Removal {
  readonly application: string;
  readonly epoch: number;
  readonly sequence: number;
  /** The application may have granted it. */
  readonly granted: boolean;
  readonly items: readonly RemovalItem[];
}

export type RemovalItem = EntitlementFields & { readonly removal: RemovalState };

/**
 * `done`: a reading showed that it is gone, or it never existed, or it is justified again. `not-verifiable`: nothing is
 * left to do, and no reading showed it gone. `failed`: the application refuses.
 */
export const removals = ['pending', 'done', 'not-verifiable', 'failed'] as const;
export type RemovalState = (typeof removals)[number];

export const deliveries: readonly Delivery[] = ['pending', 'delivering', 'delivered', 'failed', 'manual', 'partial'];

export type RevocationCode =
  /** The identity became inactive. */
  | 'left'
  /** Security locked the identity down. */
  | 'locked_down'
  /** No rule gives it any more. */
  | 'rule_no_longer_matches'
  /** A policy administrator revoked it. */
  | 'revoked_by_administrator'
  /** Its end has come. */
  | 'expired'
  /** Its holder gave it up. */
  | 'given_up'
  /** It was to begin while its holder had an incompatible package. */
  | 'incompatible'
  /** An owner of the package revoked it. */
  | 'revoked_by_owner'
  /** Its package was retired. */
  | 'package_retired'
  /** The exception ended that let its holder have it beside an earlier one. */
  | 'exception_ended'
  /** A reviewer revoked it, or nobody answered and the policy revokes then. */
  | 'revoked_by_review'
  /** Its holder is not eligible for it any more. */
  | 'not_eligible'
  /** Its holder has moved, and nobody kept it. */
  | 'moved'
  /** Its holder has moved, and the new manager does not keep it. */
  | 'dropped_by_manager'
  /** Somebody revoked what a rule gives, and no rule gives it for a time. */
  | 'excluded'
  /** A reading of the application did not show any more what was found there. */
  | 'no_longer_there'
  /** A package gives what was found, and its holder has that instead. */
  | 'replaced'
  /** A step of a workflow revoked it. */
  | 'revoked_by_workflow';
