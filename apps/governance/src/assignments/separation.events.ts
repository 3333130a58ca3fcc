import type { Fact } from '#libs/event-store/core.js';

/** What happens to somebody's exceptions from rules of separation of duties, and to their violations. Stream: `access-<identityId>`. */
export type SeparationEvent =
  | SeparationExceptionGranted
  | SeparationExceptionEnded
  | SeparationExceptionRestored
  | SeparationFindingStated
  | SeparationFindingSolved;

export const separationFacts = [
  'SeparationExceptionGranted',
  'SeparationExceptionEnded',
  'SeparationExceptionRestored',
  'SeparationFindingStated',
  'SeparationFindingSolved',
] as const;

/** The person may have what a rule separates, until its end. */
export interface SeparationException {
  readonly exceptionId: string;
  readonly identityId: string;
  readonly rule: string;
  /** UUID of the actor: an identity, or the subject of a token without an identity. */
  readonly grantedBy: string;
  /** Exclusive. */
  readonly until: string;
}

/** A rule that the person violates. */
export interface SeparationFinding {
  readonly findingId: string;
  readonly identityId: string;
  readonly rule: string;
  /** What they have of it. */
  readonly packages: readonly string[];
  /** `excepted`: while an exception lasts. */
  readonly status: 'open' | 'excepted';
  readonly foundAt: string;
  readonly dueAt: string;
}

export type SeparationExceptionGranted = Fact<
  'SeparationExceptionGranted',
  1,
  SeparationException & { readonly grantedAt: string },
  /** What is done instead against the risk. */
  { exception: { readonly mitigation: string } }
>;

export type ExceptionEndCode =
  | 'expired'
  /** An owner of the rule, or a policy administrator, ended it. */
  | 'withdrawn'
  /** The identity became inactive. */
  | 'left';

export type SeparationExceptionEnded = Fact<
  'SeparationExceptionEnded',
  1,
  SeparationException & { readonly code: ExceptionEndCode; readonly endedAt: string }
>;

/** The leaving that ended it did not hold: it lasts again, until the end that it had. */
export type SeparationExceptionRestored = Fact<
  'SeparationExceptionRestored',
  1,
  SeparationException & { readonly restoredAt: string }
>;

/** Found, or found otherwise than before: by other packages, or within an exception. */
export type SeparationFindingStated = Fact<'SeparationFindingStated', 1, SeparationFinding>;

/** Nothing violates the rule any more. */
export type SeparationFindingSolved = Fact<
  'SeparationFindingSolved',
  1,
  SeparationFinding & { readonly solvedAt: string }
>;
