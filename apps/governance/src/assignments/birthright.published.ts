import {
  formerAccessOffered,
  type BirthrightEventType,
  type BirthrightExclusionMessage,
  type FormerAccessMessage,
  type WithheldBirthrightMessage,
} from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import {
  birthrightFacts,
  type BirthrightEvent,
  type BirthrightExclusion,
  type WithheldBirthright,
} from './birthright.events.js';

const types: ReadonlySet<string> = new Set(birthrightFacts);

export const isOfBirthright = (fact: RecordedFact): fact is RecordedFact<BirthrightEvent> => types.has(fact.type);

/** Each fact about what rules do not give to a person is one message on `hub.governance.decisions`. */
export function publishedBirthright(fact: RecordedFact<BirthrightEvent>): PublicMessage {
  switch (fact.type) {
    case 'BirthrightExcluded': {
      const body = { ...exclusionBody(fact.data), ...(fact.personal.reason.fields ?? {}) };
      return message(fact, 'hub.governance.birthright-exclusion.made.v1', fact.data.exclusionId, body);
    }
    case 'BirthrightExclusionEnded': {
      const body = { ...exclusionBody(fact.data), code: fact.data.code };
      return message(fact, 'hub.governance.birthright-exclusion.ended.v1', fact.data.exclusionId, body);
    }
    case 'BirthrightWithheld':
      return message(fact, 'hub.governance.birthright.withheld.v1', fact.data.packageId, withheldBody(fact.data));
    case 'BirthrightWithholdingEnded': {
      const body = withheldBody(fact.data);
      return message(fact, 'hub.governance.birthright.no-longer-withheld.v1', fact.data.packageId, body);
    }
    case 'FormerAccessOffered': {
      const { identityId: identity, assignments, offeredAt } = fact.data;
      return message(fact, formerAccessOffered, identity, { identity, assignments, offeredAt });
    }
    default:
      return unreachable(fact);
  }
}

function message(
  fact: RecordedFact<BirthrightEvent>,
  type: BirthrightEventType | typeof formerAccessOffered,
  subject: string,
  body: BirthrightExclusionMessage | WithheldBirthrightMessage | FormerAccessMessage,
): PublicMessage {
  return messageOf(serviceName, fact, { topic: topics.decisions, type, key: fact.data.identityId, subject, body });
}

const exclusionBody = ({
  exclusionId: exclusion,
  identityId: identity,
  packageId,
  excludedBy,
  until,
}: BirthrightExclusion): BirthrightExclusionMessage => ({ exclusion, identity, package: packageId, excludedBy, until });

const withheldBody = ({
  identityId: identity,
  packageId,
  rule,
  because,
  withheldAt,
}: WithheldBirthright): WithheldBirthrightMessage => ({ identity, package: packageId, rule, because, withheldAt });
