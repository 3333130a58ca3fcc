import { ownershipDecided, type OwnershipDecidedMessage } from '#libs/contracts/ownership.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { OwnershipEvent } from './ownership.events.js';

/** Who decided whose an account is, and why, for the audit log. */
export function publishedOwnership(fact: RecordedFact<OwnershipEvent>): PublicMessage[] {
  const { connector, accountId, decision, identityId, kind, decidedBy } = fact.data;
  const reason = fact.personal.reason.fields?.reason;
  const body: OwnershipDecidedMessage = {
    connector,
    account: accountId,
    decision,
    identity: identityId,
    ...(kind === null ? {} : { kind }),
    decidedBy,
    ...(reason === undefined ? {} : { reason }),
  };
  const key = identityId ?? decidedBy;
  return [messageOf(serviceName, fact, { topic: topics.operators, type: ownershipDecided, key, body })];
}
