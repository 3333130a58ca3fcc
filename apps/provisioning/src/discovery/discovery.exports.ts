/** What other features of this service may use of this one. */
export { DiscoverEntitlements } from './discover-entitlements.process.js';
export { DiscoveryRuns } from './discovery-runs.store.js';
export { Entitlements } from './entitlements.stream.js';
