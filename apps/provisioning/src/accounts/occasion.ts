import { instantOfId } from '#libs/event-store/ids.js';
import type { Occasion } from './mapping.js';

/** Of the newest desired access: its time, and a seed that it alone has. */
export function occasionOf(due: {
  readonly identityId: string;
  readonly messageId: string;
  readonly epoch: number;
  readonly sequence: number;
}): Occasion {
  const { identityId, messageId, epoch, sequence } = due;
  return { now: instantOfId(messageId) ?? new Date(0).toISOString(), seed: `${identityId} ${epoch}.${sequence}` };
}
