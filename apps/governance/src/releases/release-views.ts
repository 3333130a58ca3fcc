import type { RefusedVersion, TitledEntitlement } from '../catalog/catalog.exports.js';
import type { NamedPerson } from '../names/names.exports.js';
import type { Titled } from '../policy/policy.exports.js';

/** A package whose newest version adds something that has not reached those who held it before. */
export interface WaitingVersion {
  readonly packageId: string;
  readonly package: Titled;
  /** The newest. */
  readonly version: number;
  /** The newest that an owner has released; null: none. */
  readonly released: number | null;
  /** What waits for a release. */
  readonly grants: readonly TitledEntitlement[];
  readonly includes: readonly Titled[];
  /** How many people hold the package, or one that includes it. */
  readonly holders: number;
}

/** A released version that does not reach somebody who holds the package. */
export type WithheldVersionView = RefusedVersion & {
  readonly assignmentId: string;
  /** The package of the assignment: the one of the version, or one that includes it. */
  readonly heldPackage: Titled;
  readonly identityId: string;
  readonly identity: NamedPerson;
  readonly withheldAt: string;
};
