import type { EntitlementKind } from '#libs/contracts/entitlement.js';
import type { Fact } from '#libs/event-store/core.js';

/** What an application has to grant, as it showed it. Streams: `entitlement-<uuid of kind and id>.<connector>`. */
export type EntitlementEvent = EntitlementShown | EntitlementGone | EntitlementsListed;

export type DiscoveredKind = Exclude<EntitlementKind, 'account'>;

interface EntitlementTerms {
  readonly connector: string;
  readonly kind: DiscoveredKind;
  /** The application's own id. */
  readonly id: string;
}

/** Found, or found under another name or description. */
export type EntitlementShown = Fact<
  'EntitlementShown',
  1,
  EntitlementTerms & { readonly name: string; readonly description: string | null }
>;
/** A complete reading did not show it any more. */
export type EntitlementGone = Fact<
  'EntitlementGone',
  1,
  EntitlementTerms & { readonly name: string; readonly description: string | null }
>;
/** The first complete reading of a kind: what was not shown until now is not there. Stream: that of the kind. */
export type EntitlementsListed = Fact<
  'EntitlementsListed',
  1,
  { readonly connector: string; readonly kind: DiscoveredKind }
>;

export const entitlementFacts = ['EntitlementShown', 'EntitlementGone', 'EntitlementsListed'] as const;
