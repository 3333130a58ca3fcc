import type { Fact } from '#libs/event-store/core.js';
import type { Conflict, Reached } from '../policy/policy.exports.js';
import type { AssignmentTerms } from './assignment-terms.js';
import type { Standing } from './grace.events.js';

/** What happens to an assignment when a later version of its package adds something. Stream: `access-<identityId>`. */
export type VersionEvent = AssignmentVersionReached | AssignmentVersionWithheld | AssignmentMoving;

export const versionFacts = ['AssignmentVersionReached', 'AssignmentVersionWithheld', 'AssignmentMoving'] as const;

/** What its holder has of the package, and of what it includes, is what these versions give. */
export type AssignmentVersionReached = Fact<
  'AssignmentVersionReached',
  1,
  { readonly assignment: AssignmentTerms; readonly reached: Reached; readonly reachedAt: string } & Standing
>;

/** Its package is retired: it lasts until the successor is delivered to its holder. */
export type AssignmentMoving = Fact<
  'AssignmentMoving',
  1,
  { readonly assignment: AssignmentTerms; readonly to: string; readonly movingAt: string } & Standing
>;

/** Why a released version does not reach somebody. */
export type WithheldCode =
  /** The holder is not eligible for the package any more. */
  | 'not_eligible'
  /** Separation of duties forbids what it adds. */
  | 'incompatible'
  /** The holder has released it: somebody else must. */
  | 'own_release';

/** A version of a package that its holder does not get, although an owner released it. */
export interface WithheldVersion {
  readonly assignmentId: string;
  /** The package itself, or one that it includes. */
  readonly packageId: string;
  readonly version: number;
  readonly code: WithheldCode;
  /** Rules of separation of duties that forbid it. */
  readonly because: readonly Pick<Conflict, 'rule' | 'packages'>[];
  readonly withheldAt: string;
}

export type AssignmentVersionWithheld = Fact<
  'AssignmentVersionWithheld',
  1,
  { readonly assignment: AssignmentTerms; readonly withheld: WithheldVersion } & Standing
>;
