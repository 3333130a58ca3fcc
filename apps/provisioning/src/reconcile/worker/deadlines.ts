import type { Goal, OpenOperation } from '../../accounts/accounts.exports.js';
import { isPastDeadline, retryDeadlineMs } from '../refusals/retry-deadline.js';
import type { DueAccount } from './due-accounts.query.js';
import type { TaskContext } from './task-context.js';

/** Has what is waited for, or tried again, taken too long? Who must lose access is never left so: that is an exposure. */
export class Deadlines {
  constructor(
    private readonly due: Pick<DueAccount, 'failingSince' | 'receivedAt'>,
    private readonly context: Pick<TaskContext, 'now' | 'mostAttempts' | 'byPeople'>,
    private readonly record: { readonly goal: Pick<Goal, 'active'>; readonly attempts: number },
  ) {}

  /** Every attempt failed, for long enough. */
  get isPast(): boolean {
    const { failingSince } = this.due;
    const { goal, attempts } = this.record;
    const sinceMs = failingSince === null ? null : Date.parse(failingSince);
    return goal.active && isPastDeadline({ attempts, sinceMs, nowMs: this.nowMs, most: this.context.mostAttempts });
  }

  /** The application accepted the change, and has not made it. A task of a person has a deadline of its own. */
  isUnfinished({ startedAt }: OpenOperation): boolean {
    return this.record.goal.active && !this.context.byPeople && this.isLongAgo(startedAt);
  }

  /** What is missing of the person has not come. */
  get isAttributeLate(): boolean {
    return this.isLongAgo(this.due.receivedAt);
  }

  private get nowMs(): number {
    return Date.parse(this.context.now());
  }

  private isLongAgo(at: string): boolean {
    return this.nowMs - Date.parse(at) >= retryDeadlineMs;
  }
}
