/** What other features of this service may use of this one. */
export { discoveredKinds, DiscoverEntitlements } from './discover-entitlements.process.js';
export { DiscoveryRuns } from './discovery-runs.store.js';
export { Entitlements } from './entitlements.stream.js';
export type { DiscoveredKind } from './entitlement.events.js';
