import type { Priority } from '../../accounts/accounts.exports.js';
import type { Gate } from '../refusals/gate.js';

/** Accounts worked on at a time, and those taken up at once. */
const mostTasks = 400;
const mostAtOnce = 200;
/** Most accounts worked on at a time, though each of them must lose access: so many times as many as others. */
const leaversFactor = 3;
/** An account takes about three calls, and these must begin within the time of its operation. */
const secondsOfCalls = 5;

/** Of what is less urgent than all that is taken up, so many for each that is. */
const leftOutShare = 1 / 16;

/** Classes of work of which nothing was taken up, because more urgent work took all the room. */
export function leftOutBy(taken: readonly { readonly priority: Priority }[]): readonly Priority[] {
  const last = Math.max(...taken.map(({ priority }) => priority));
  return ([1, 2] as const).filter((priority) => priority > last);
}

/** How many accounts a worker works on, for an application that permits so many calls per second. */
export class Room {
  /** Accounts taken up at once. */
  readonly wave: number;
  private readonly most: number;

  /** @param perSecond infinite without a limit */
  constructor(perSecond: number) {
    this.most = Math.max(1, Math.min(mostTasks, Math.floor(perSecond * secondsOfCalls)));
    this.wave = Math.min(mostAtOnce, this.most);
  }

  /** Accounts of each class that is left out otherwise. */
  get share(): number {
    return Math.max(1, Math.floor(this.wave * leftOutShare));
  }

  /** How many accounts may be taken up now, beside those that are worked on. */
  for(room: Gate['room'], running: number): number {
    if (room === 'one') return running === 0 ? 1 : 0;
    return room === 'none' || running >= leaversFactor * this.most ? 0 : this.wave;
  }

  /** Paused, or with more under way than it can do, a worker takes up only what is more urgent. */
  leastUrgent(status: 'running' | 'paused', running: number): Priority {
    if (status === 'paused' || running >= 2 * this.most) return 0;
    return running >= this.most ? 1 : 2;
  }
}
