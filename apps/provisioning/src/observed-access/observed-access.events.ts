import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { ObservedOrigin } from '#libs/contracts/observed-access.js';
import type { Fact } from '#libs/event-store/core.js';

/** What complete readings showed of one person behind one connector. Stream: `observed-access-<identity>.<connector>`. */
export type ObservedAccessEvent = AccessObserved;

/** Something that a person's account holds in the application. */
export type ObservedEntitlement = EntitlementFields & {
  readonly origin: ObservedOrigin;
  readonly firstSeenAt: string;
  /** It was there before the first reading: nobody knows since when. */
  readonly sinceUnknown: boolean;
};

/** A complete reading showed something else than the one before. */
export type AccessObserved = Fact<
  'AccessObserved',
  1,
  {
    readonly connector: string;
    readonly application: string;
    readonly identityId: string;
    /** The application's own id; null where the person has no account there any more. */
    readonly accountId: string | null;
    readonly readingId: string;
    readonly readAt: string;
    /** All that the account gives; empty for one that nobody can use. */
    readonly entitlements: readonly ObservedEntitlement[];
  }
>;

export const observedAccessFacts = ['AccessObserved'] as const;
