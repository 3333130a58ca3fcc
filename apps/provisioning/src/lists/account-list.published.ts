import { accountListReceived, type AccountListMessage, accountListStale } from '#libs/contracts/account-lists.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { AccountListEvent } from './account-list.events.js';

/** Each list that somebody uploaded, and each reminder of one, is a message on `hub.provisioning.results`. */
export function publishedAccountList(fact: RecordedFact<AccountListEvent>): PublicMessage[] {
  const { connector, applications, asOf } = fact.data;
  const about = { topic: topics.results, key: connector };
  if (fact.type === 'AccountListStale') {
    const body: AccountListMessage = { connector, applications, asOf, reminder: fact.data.reminder };
    return [messageOf(serviceName, fact, { ...about, type: accountListStale, body })];
  }
  const { accounts, whole, by } = fact.data;
  const body: AccountListMessage = { connector, applications, asOf, accounts, whole, by };
  return [messageOf(serviceName, fact, { ...about, type: accountListReceived, body })];
}
