import type { Work } from '#libs/event-store/work.js';
import type { Timers } from '#libs/service-kit/timers/timers.js';
import type { Clock } from '#libs/system/clock.js';

/** Time in which parallel work has been committed, in milliseconds. */
const delayMs = 5_000;
const pageSize = 200;

/**
 * One timer for all people. It checks again what two members of the consumer group may have decided at the same time
 * without seeing each other, page by page.
 */
export class LookAgain {
  constructor(
    private readonly timers: Timers,
    private readonly clock: Clock,
    private readonly kind: string,
  ) {}

  /**
   * @param find at most so many people who are not as they should be
   * @param correct changes them within the work; called only where somebody was found
   */
  handle<Found>(
    find: (limit: number) => Promise<readonly Found[]>,
    correct: (work: Work, found: readonly Found[], at: string) => Promise<void>,
  ): void {
    this.timers.handle(this.kind, async (_, work) => {
      const found = await find(pageSize);
      if (found.length === 0) return;
      const at = this.clock.now();
      await correct(work, found, at);
      if (found.length === pageSize) this.next(work, at);
    });
  }

  /** Sets the timer, in the work that may not have seen parallel work. */
  soon(work: Work, at: string): void {
    this.next(work, new Date(Date.parse(at) + delayMs).toISOString());
  }

  private next(work: Work, dueAt: string): void {
    this.timers.at(work, { kind: this.kind, key: 'everybody', dueAt, payload: {} });
  }
}
