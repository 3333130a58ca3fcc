import { delegationEnded, delegationMade, type DelegationMessage } from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { DelegationEvent } from './delegation.events.js';

/** Each fact of a delegation is one message on `hub.governance.decisions`. */
export function publishedDelegation(fact: RecordedFact<DelegationEvent>): PublicMessage[] {
  const { delegationId: delegation, delegatorId: delegator, delegateId: delegate } = fact.data;
  const about = { topic: topics.decisions, key: delegator, subject: delegation };
  const terms = { delegation, delegator, delegate };
  switch (fact.type) {
    case 'DelegationMade': {
      const { from, until } = fact.data;
      const body: DelegationMessage = { ...terms, from, until, ...(fact.personal.delegator.fields ?? {}) };
      return [messageOf(serviceName, fact, { ...about, type: delegationMade, body })];
    }
    case 'DelegationEnded':
      return [
        messageOf(serviceName, fact, { ...about, type: delegationEnded, body: terms satisfies DelegationMessage }),
      ];
    default:
      return unreachable(fact);
  }
}
