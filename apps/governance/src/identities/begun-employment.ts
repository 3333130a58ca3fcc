import { workerRecorded, type WorkerMessage } from '#libs/contracts/hr-lifecycle.js';
import type { PublicMessage } from '#libs/event-bus/message.js';

/**
 * Does a statement of HR make an identity? Not before the first day. Of somebody who had left when HR first told, it does: an
 * application may still have the account. A day before today's in UTC has begun in every zone.
 */
export function makesIdentity({
  type,
  body,
  time,
}: Pick<PublicMessage<WorkerMessage>, 'type' | 'body' | 'time'>): boolean {
  return type !== workerRecorded || body.attributes.hireDate < time.slice(0, 'YYYY-MM-DD'.length);
}
