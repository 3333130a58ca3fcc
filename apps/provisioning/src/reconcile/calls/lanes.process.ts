import { withUrgency } from '#libs/outgoing/pace.js';
import { Turns } from '#libs/outgoing/turns.js';
import type { Priority } from '../../accounts/accounts.exports.js';

/** Minimum and maximum of calls at the same time (design §9); a connector may set a lower maximum. */
const fewest = 4;
const startWith = 16;
const priorities: readonly Priority[] = [0, 1, 2];
/** Successful calls before the limit is raised by one. */
const growAfter = 20;

/**
 * Limits the calls at the same time: one more after a run of successes, half as many after a refusal because of load.
 * People who must lose access go first, bulk work goes last, and none waits without end.
 */
export class Lanes {
  private limit: number;
  private running = 0;
  private good = 0;
  private readonly waiting: Record<Priority, (() => void)[]> = { 0: [], 1: [], 2: [] };
  private readonly turns = new Turns();

  constructor(private readonly most: number) {
    this.limit = Math.min(startWith, most);
  }

  /** Runs `call` when its turn has come. @param priority lower numbers go first */
  async run<T>(priority: Priority, call: () => Promise<T>): Promise<T> {
    // The woken caller already has the slot, so that no other caller can take it.
    if (this.running >= this.limit) await new Promise<void>((turn) => this.waiting[priority].push(turn));
    else this.running += 1;
    try {
      return await withUrgency(priority, call);
    } finally {
      this.running -= 1;
      this.next();
    }
  }

  succeeded(): void {
    this.good += 1;
    if (this.good < growAfter || this.limit >= this.most) return;
    this.good = 0;
    this.limit += 1;
    this.next();
  }

  /** The application was overloaded: half as many calls from now on. */
  overloaded(): void {
    this.good = 0;
    this.limit = Math.max(Math.min(fewest, this.most), Math.floor(this.limit / 2));
  }

  private next(): void {
    if (this.running >= this.limit) return;
    const [first, ...others] = priorities.filter((one) => this.waiting[one].length > 0);
    if (first === undefined) return;
    const turn = this.waiting[this.turns.next([first, ...others])].shift();
    this.running += 1;
    turn?.();
  }
}
