import type { EntitlementFields } from './entitlement.js';

/**
 * `hub.provisioning.results`. What a complete reading of an application showed of one person, where it differs from what was said before: the
 * whole, empty where nothing is left. Key: the identity.
 */
export const accessObserved = 'hub.provisioning.access.observed.v1';

/**
 * Where observed access comes from. `hub`: the hub gave it; `as-found`: it was there before the hub wrote to the application, or while the hub only
 * observed; `outside`: somebody gave it beside the hub, after the hub had taken over.
 */
export const observedOrigins = ['hub', 'as-found', 'outside'] as const;
export type ObservedOrigin = (typeof observedOrigins)[number];

export interface AccessObservedMessage {
  readonly connector: string;
  readonly application: string;
  readonly identity: string;
  /** The application's own id; null where the person has no account there any more. */
  readonly account: string | null;
  readonly reading: string;
  readonly readAt: string;
  readonly entitlements: readonly (EntitlementFields & {
    readonly origin: ObservedOrigin;
    readonly firstSeenAt: string;
    /** It was there before the first reading. */
    readonly sinceUnknown: boolean;
  })[];
}
