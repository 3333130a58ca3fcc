import { caseAssigned, caseCommented, type CaseMessage } from '#libs/contracts/cases.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { CaseEvent } from './case.events.js';

/** Each comment and each change of who looks after a case is one message on `hub.operators`. */
export function publishedCase(fact: RecordedFact<CaseEvent>): PublicMessage[] {
  const { case: id, connector, by } = fact.data;
  const about = { topic: topics.operators, key: fact.id };
  if (fact.type === 'CaseAssigned') {
    const body: CaseMessage = { case: id, connector, by, assignee: fact.data.assignee };
    return [messageOf(serviceName, fact, { ...about, type: caseAssigned, body })];
  }
  const body: CaseMessage = { case: id, connector, by, ...(fact.personal.text.fields ?? {}) };
  return [messageOf(serviceName, fact, { ...about, type: caseCommented, body })];
}
