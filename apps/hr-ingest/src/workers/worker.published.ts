import type { PublicMessage } from '#libs/event-bus/message.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { WorkerEventKind, WorkerEventType, WorkerMessage } from '#libs/contracts/hr-lifecycle.js';
import { topics } from '#libs/contracts/topics.js';
import type { WorkerEvent } from './worker.events.js';

const kinds: Record<WorkerEvent['type'], WorkerEventKind> = {
  WorkerRecorded: 'recorded',
  WorkerHired: 'hired',
  WorkerChanged: 'changed',
  WorkerMoved: 'moved',
  WorkerManagerChanged: 'manager-changed',
  WorkerTerminated: 'terminated',
  WorkerRehired: 'rehired',
  WorkerLeaveStarted: 'leave-started',
  WorkerLeaveEnded: 'leave-ended',
};

export const publicTypeOf = (fact: WorkerEvent['type']): WorkerEventType => `hub.hr.worker.${kinds[fact]}.v1`;

/** The public message of a fact about a worker, in order per person. None for a forgotten worker. */
export function workerPublished(fact: RecordedFact<WorkerEvent>): readonly PublicMessage<WorkerMessage>[] {
  const fields = fact.personal.worker.fields;
  if (fields === null) return [];
  const { worker, person, employed, onLeave } = fact.data;
  const body = { worker, person, employed, onLeave, attributes: fields.attributes, before: fields.before };
  const type = publicTypeOf(fact.type);
  return [messageOf('hr', fact, { topic: topics.lifecycle, type, key: person, urgent: isUrgent(fact), body })];
}

/**
 * An end takes access away, so it is urgent. If a person may have several employments, the start of one is urgent, too,
 * so that the end of the other does not arrive before it.
 */
function isUrgent({ type, personal }: RecordedFact<WorkerEvent>): boolean {
  if (type === 'WorkerTerminated') return true;
  const starts = type === 'WorkerHired' || type === 'WorkerRehired';
  return starts && personal.worker.fields?.attributes.personId !== undefined;
}
