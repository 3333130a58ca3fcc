import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { accountFacts, type AccountEvent } from './accounts/account.events.js';
import { publishedAccount } from './accounts/account.published.js';
import { connectorFacts, type ConnectorEvent } from './connectors/connector.events.js';
import { publishedConnector } from './connectors/connector.published.js';
import { entitlementFacts, type EntitlementEvent } from './discovery/entitlement.events.js';
import { publishedEntitlement } from './discovery/entitlement.published.js';
import { exposureFacts, type ExposureEvent } from './exposures/exposure.events.js';
import { publishedExposure } from './exposures/exposure.published.js';
import { observedAccessFacts, type ObservedAccessEvent } from './observed-access/observed-access.events.js';
import { publishedObservedAccess } from './observed-access/observed-access.published.js';
import { ownershipFacts, type OwnershipEvent } from './matching/ownership.events.js';
import { publishedOwnership } from './matching/ownership.published.js';
import { readingFacts, type ReadingEnded } from './readings/reading.events.js';
import { publishedReading } from './readings/reading.published.js';
import { removalReleaseFacts, type RemovalsReleased } from './removals/removal-release.events.js';
import { publishedRemovalRelease } from './removals/removal-release.published.js';
import { caseFacts, type CaseEvent } from './cases/case.events.js';
import { publishedCase } from './cases/case.published.js';
import { groupFacts } from './groups/group.events.js';

const ofAccounts = new Set<string>(accountFacts);
const ofConnectors = new Set<string>(connectorFacts);
const ofReleases = new Set<string>(removalReleaseFacts);
const ofReadings = new Set<string>(readingFacts);
const ofCases = new Set<string>(caseFacts);
const ofExposures = new Set<string>(exposureFacts);
const ofEntitlements = new Set<string>(entitlementFacts);
const ofObservedAccess = new Set<string>(observedAccessFacts);
const ofOwnership = new Set<string>(ownershipFacts);

export const provisioningFacts: readonly string[] = [
  ...accountFacts,
  ...connectorFacts,
  ...groupFacts,
  ...entitlementFacts,
  ...exposureFacts,
  ...observedAccessFacts,
  ...ownershipFacts,
  ...readingFacts,
  ...removalReleaseFacts,
  ...caseFacts,
];

/** Facts of groups, as far as the hub made or found them for its own work, are not published; all others are. */
export function publishedProvisioning(fact: RecordedFact): readonly PublicMessage[] {
  // The type tells which union a fact belongs to.
  if (ofAccounts.has(fact.type)) return publishedAccount(fact as RecordedFact<AccountEvent>);
  if (ofConnectors.has(fact.type)) return publishedConnector(fact as RecordedFact<ConnectorEvent>);
  if (ofEntitlements.has(fact.type)) return publishedEntitlement(fact as RecordedFact<EntitlementEvent>);
  if (ofReleases.has(fact.type)) return publishedRemovalRelease(fact as RecordedFact<RemovalsReleased>);
  if (ofCases.has(fact.type)) return publishedCase(fact as RecordedFact<CaseEvent>);
  if (ofExposures.has(fact.type)) return publishedExposure(fact as RecordedFact<ExposureEvent>);
  if (ofObservedAccess.has(fact.type)) return publishedObservedAccess(fact as RecordedFact<ObservedAccessEvent>);
  if (ofOwnership.has(fact.type)) return publishedOwnership(fact as RecordedFact<OwnershipEvent>);
  if (ofReadings.has(fact.type)) return publishedReading(fact as RecordedFact<ReadingEnded>);
  return [];
}
