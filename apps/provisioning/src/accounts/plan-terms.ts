import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Holding, OpenOperation } from './account-state.js';
import type { Attributes, DesiredVersion } from './account.events.js';
import type { MatchingValue } from './match.js';
import type { Operate } from './operate.js';
import type { UniqueTarget } from './unique-value.js';

/** What the account should be, with the connector's mapping applied. */
export interface Goal {
  readonly version: DesiredVersion;
  readonly active: boolean;
  readonly leaver: boolean;
  /** True: the account of a leaver is deleted; false: only disabled. Undefined: as the policy says. */
  readonly deletes?: boolean | undefined;
  /** Assignment ids of the account. */
  readonly because: readonly string[];
  /** What goes with the account. Empty unless `active`. */
  readonly entitlements: readonly Holding[];
  /** What was found and somebody revoked: it is taken away although the hub may not have given it. */
  readonly withdrawn?: readonly Holding[];
  /** Written at creation and whenever they differ. Empty unless `active`. */
  readonly attributes: Attributes;
  /** Written at creation only. */
  readonly initial: Attributes;
  /** Written at creation, and wherever the application has no value. */
  readonly ifEmpty?: Attributes;
  /** Written at creation only: what gets a value that nobody else has. */
  readonly unique?: readonly UniqueTarget[];
  /** The connector's scope leaves the person out: `active` is false then, whatever is desired. */
  readonly outOfScope?: boolean;
  /** By what an account that is there already is found. */
  readonly matches?: readonly MatchingValue[];
  /** Why the mapping gives no value for some targets; null or absent when it gives all. */
  readonly fault?: string | null;
  /** Attributes of the person that the mapping, the scope or the matching reads, and that are not known here yet; absent for none. */
  readonly awaited?: {
    readonly sources: readonly string[];
    /** What is made of them: it is left as it is. */
    readonly targets: readonly string[];
  };
}

/** What becomes of accounts that nobody is to have any more, by the connector's document. */
export interface Policy {
  readonly onUnassign: 'disable' | 'delete' | 'keep';
  readonly onLeave: 'disable' | 'delete';
  readonly onDisable: 'strip' | 'keep';
  /** How long an account stays disabled before it is deleted, as an ISO 8601 duration; null: it is not. */
  readonly deleteAfter: string | null;
}

/** What to do next for an account. */
export type Step =
  | Operate
  /** There is no difference. */
  | { readonly do: 'nothing' }
  /** Everything else is done: what is missing of the person must arrive first. */
  | { readonly do: 'await' }
  /** The call of an open operation may still be running: look again then. */
  | { readonly do: 'wait'; readonly untilMs: number }
  /** The account is known from another place: find it here. */
  | { readonly do: 'find' }
  /** It should have something that no connector can grant: a person must look. Everything else is done. */
  | { readonly do: 'refuse'; readonly entitlement: EntitlementFields }
  /** A group has another name in the application now: whether its member should be there is for a person. */
  | { readonly do: 'question'; readonly entitlement: EntitlementFields }
  /** Nothing more can be done for the account until a person has corrected this. */
  | { readonly do: 'park'; readonly code: string; readonly detail: string }
  /** Look whether the open operation took effect. */
  | { readonly do: 'look'; readonly open: OpenOperation }
  /** The open operation may be repeated without looking, or is no longer wanted: close it and plan again. */
  | { readonly do: 'close'; readonly open: OpenOperation; readonly maybeGranted: boolean };
