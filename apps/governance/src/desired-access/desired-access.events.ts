import type { DesiredEntitlement } from '#libs/contracts/desired-access.js';
import type { Fact } from '#libs/event-store/core.js';

/** What one identity should have in one application from now on. Stream: `desired-<identityId>.<application>`. */
export type DesiredAccessEvent = DesiredAccessChanged;

export type DesiredAccessChanged = Fact<
  'DesiredAccessChanged',
  1,
  {
    readonly identityId: string;
    readonly application: string;
    readonly status: 'active' | 'on-leave' | 'leaver';
    /** Null when no account was ever desired. */
    readonly account: DesiredAccountTerms | null;
    readonly entitlements: readonly DesiredEntitlement[];
    /** What was found and somebody revoked; absent: nothing. */
    readonly withdrawn?: readonly DesiredEntitlement[];
    /** Of the account of a leaver. True: it is to be deleted; false: only to be disabled. Absent: as its connector says. */
    readonly deletes?: boolean;
    /** Something that was desired before is not any more. */
    readonly takesAway?: true;
  },
  { account: { readonly attributes?: Readonly<Record<string, unknown>> } }
>;

interface DesiredAccountTerms {
  readonly active: boolean;
  readonly packages: readonly string[];
  readonly groups: readonly string[];
  /** What the attributes were made from. Absent: everything, as in facts older than the field. */
  readonly sources?: readonly string[];
}

/** Every identity's newest message of one application was published again. Stream: `restatement-<application>`. */
export type DesiredAccessRestated = Fact<
  'DesiredAccessRestated',
  1,
  {
    readonly application: string;
    readonly connector: string;
    readonly count: number;
    /** What the messages carry. Absent: everything. */
    readonly sources?: readonly string[];
  }
>;

export const desiredAccessFacts = ['DesiredAccessChanged', 'DesiredAccessRestated'] as const;
