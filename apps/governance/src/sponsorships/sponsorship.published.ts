import type { SponsorshipEventType, SponsorshipMessage } from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { SponsorshipEvent } from './sponsorship.events.js';

/** Each fact of a sponsorship is one message on `hub.governance.decisions`; the number that HR names is in none. */
export function publishedSponsorship(fact: RecordedFact<SponsorshipEvent>): PublicMessage[] {
  const { identityId: identity, sponsorId: sponsor, endsAt } = fact.data;
  const body = { identity, sponsor, endsAt };
  switch (fact.type) {
    case 'SponsorshipStated':
      return [message(fact, 'hub.governance.sponsorship.stated.v1', body)];
    case 'SponsorshipPassed':
      return [message(fact, 'hub.governance.sponsorship.passed.v1', { ...body, former: fact.data.formerId })];
    case 'SponsorshipEnding':
      return [message(fact, 'hub.governance.sponsorship.ending.v1', { ...body, daysLeft: fact.data.daysLeft })];
    case 'SponsorshipEnded':
      return [message(fact, 'hub.governance.sponsorship.ended.v1', body)];
    default:
      return unreachable(fact);
  }
}

function message(
  fact: RecordedFact<SponsorshipEvent>,
  type: SponsorshipEventType,
  body: SponsorshipMessage,
): PublicMessage {
  const { identityId } = fact.data;
  return messageOf(serviceName, fact, { topic: topics.decisions, type, key: identityId, subject: identityId, body });
}
