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
import { accountListFacts, type AccountListEvent } from './lists/account-list.events.js';
import { publishedAccountList } from './lists/account-list.published.js';
import { taskFacts, type TaskEvent } from './tasks/task.events.js';
import { publishedTask } from './tasks/task.published.js';
import { groupFacts } from './groups/group.events.js';

/** By feature: its facts, and what they tell others. The type tells which union a fact belongs to. */
const features: readonly (readonly [facts: readonly string[], publish: (fact: RecordedFact) => PublicMessage[]])[] = [
  [accountFacts, (fact) => publishedAccount(fact as RecordedFact<AccountEvent>)],
  [connectorFacts, (fact) => publishedConnector(fact as RecordedFact<ConnectorEvent>)],
  [entitlementFacts, (fact) => publishedEntitlement(fact as RecordedFact<EntitlementEvent>)],
  [removalReleaseFacts, (fact) => publishedRemovalRelease(fact as RecordedFact<RemovalsReleased>)],
  [caseFacts, (fact) => publishedCase(fact as RecordedFact<CaseEvent>)],
  [accountListFacts, (fact) => publishedAccountList(fact as RecordedFact<AccountListEvent>)],
  [taskFacts, (fact) => publishedTask(fact as RecordedFact<TaskEvent>)],
  [exposureFacts, (fact) => publishedExposure(fact as RecordedFact<ExposureEvent>)],
  [observedAccessFacts, (fact) => publishedObservedAccess(fact as RecordedFact<ObservedAccessEvent>)],
  [ownershipFacts, (fact) => publishedOwnership(fact as RecordedFact<OwnershipEvent>)],
  [readingFacts, (fact) => publishedReading(fact as RecordedFact<ReadingEnded>)],
];

const publishers = new Map(features.flatMap(([facts, publish]) => facts.map((type) => [type, publish] as const)));

export const provisioningFacts: readonly string[] = [...groupFacts, ...publishers.keys()];

/** Facts of groups, as far as the hub made or found them for its own work, are not published; all others are. */
export function publishedProvisioning(fact: RecordedFact): readonly PublicMessage[] {
  return publishers.get(fact.type)?.(fact) ?? [];
}
