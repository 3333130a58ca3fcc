import type { EntitlementFields } from './entitlement.js';

/**
 * `hub.governance.desired-access`, state-carried, key: the identity, extension `application`.
 * One stream for each identity and application: `desired-<identity>.<application>`; its version is the message's sequence.
 */
export const desiredAccessChanged = 'hub.governance.desired-access.changed.v1';
/** Ends a restatement: every newest message was published again before it. Key: the application. */
export const desiredAccessRestated = 'hub.governance.desired-access.restated.v1';

export interface DesiredAccessMessage {
  readonly identity: string;
  readonly application: string;
  /** `leaver` if the identity is inactive: such a message goes before everything else. */
  readonly status: 'active' | 'on-leave' | 'leaver';
  /** Empty when no access is desired: "no access" is a value. At most one account of type `User` for now. */
  readonly accounts: readonly DesiredAccount[];
  readonly entitlements: readonly DesiredEntitlement[];
  /** Of the account of a leaver. True: it is to be deleted; false: only to be disabled. Absent: as its connector says. */
  readonly deletes?: boolean;
  /**
   * What a reading found, and somebody revoked: it is taken away although the hub may not have given it. Everything else that the hub did not give
   * stays.
   */
  readonly withdrawn?: readonly DesiredEntitlement[];
}

export interface DesiredAccount {
  readonly type: 'User';
  readonly active: boolean;
  /** Personal: what the connector reads of the worker's fields, id, userName, displayName and managerIdentity. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /**
   * The names of what `attributes` was made from, sorted: of these, what is not in it has no value. Absent: everything that is
   * known of the person.
   */
  readonly sources?: readonly string[];
  /** Package ids that justify the account. */
  readonly packages: readonly string[];
  /** Group names, sorted. */
  readonly groups: readonly string[];
}

/** `because`: ids of the assignments that justify it. */
export type DesiredEntitlement = EntitlementFields & { readonly because: readonly string[] };

export interface DesiredAccessRestatedMessage {
  readonly application: string;
  readonly count: number;
  /** What the messages before it carry. Absent: everything. */
  readonly sources?: readonly string[];
}
