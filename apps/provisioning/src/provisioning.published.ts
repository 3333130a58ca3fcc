import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { accountFacts, type AccountEvent } from './accounts/account.events.js';
import { publishedAccount } from './accounts/account.published.js';
import { connectorFacts, type ConnectorEvent } from './connectors/connector.events.js';
import { publishedConnector } from './connectors/connector.published.js';
import { groupFacts } from './groups/group.events.js';

const ofAccounts = new Set<string>(accountFacts);
const ofConnectors = new Set<string>(connectorFacts);

export const provisioningFacts: readonly string[] = [...accountFacts, ...connectorFacts, ...groupFacts];

/** Facts of accounts and connectors are published; facts of groups are not. */
export function publishedProvisioning(fact: RecordedFact): readonly PublicMessage[] {
  // The type tells which union a fact belongs to.
  if (ofAccounts.has(fact.type)) return publishedAccount(fact as RecordedFact<AccountEvent>);
  if (ofConnectors.has(fact.type)) return publishedConnector(fact as RecordedFact<ConnectorEvent>);
  return [];
}
