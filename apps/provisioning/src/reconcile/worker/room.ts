import type { Priority } from '../../accounts/accounts.exports.js';
import type { Gate } from '../refusals/gate.js';

/** Accounts worked on at a time, and those taken up at once. */
const mostTasks = 400;
export const wave = 200;
/** Most accounts worked on at a time, though each of them must lose access. */
const mostLeavers = 3 * mostTasks;

/** How many accounts may be taken up now, beside those that are worked on. */
export function roomFor(room: Gate['room'], running: number): number {
  if (room === 'one') return running === 0 ? 1 : 0;
  return room === 'none' || running >= mostLeavers ? 0 : wave;
}

/** Paused, or with more under way than it can do, a worker takes up only what is more urgent. */
export function leastUrgent(status: 'running' | 'paused', running: number): Priority {
  if (status === 'paused' || running >= 2 * mostTasks) return 0;
  return running >= mostTasks ? 1 : 2;
}
