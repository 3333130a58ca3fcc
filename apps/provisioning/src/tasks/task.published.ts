import { entitlementKey } from '#libs/contracts/entitlement.js';
import type { TaskEventType, TaskMessage } from '#libs/contracts/tasks.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import type { TaskEvent } from './task.events.js';

/** Each step of a task that people take is one message on `hub.provisioning.results`. */
export function publishedTask(fact: RecordedFact<TaskEvent>): PublicMessage[] {
  switch (fact.type) {
    case 'TaskGiven':
      return [message(fact, 'hub.provisioning.task.given.v1')];
    case 'TaskSent':
      return [];
    case 'TaskReminded':
      return [message(fact, 'hub.provisioning.task.reminded.v1', { reminder: fact.data.reminder })];
    case 'TaskConfirmed':
      return [message(fact, 'hub.provisioning.task.confirmed.v1', { by: fact.data.by })];
    case 'TaskRefused': {
      const { by } = fact.data;
      return [message(fact, 'hub.provisioning.task.refused.v1', { by, ...(fact.personal.reason.fields ?? {}) })];
    }
    case 'TaskWithdrawn':
      return [message(fact, 'hub.provisioning.task.withdrawn.v1')];
    default:
      return unreachable(fact);
  }
}

function message(
  fact: RecordedFact<TaskEvent>,
  type: TaskEventType,
  more: Pick<TaskMessage, 'reminder' | 'by' | 'reason'> = {},
): PublicMessage {
  const { task, connector, application, identityId: identity, accountId: account, kind, told, dueAt } = fact.data;
  const entitlement = entitlementKey(fact.data.entitlement);
  const body: TaskMessage = {
    ...{ task, connector, application, identity, account, kind, entitlement, told, dueAt },
    ...more,
  };
  return messageOf(serviceName, fact, { topic: topics.results, type, key: identity ?? task, body });
}
