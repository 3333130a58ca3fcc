import { CallFailure, type FailureTerms } from '#libs/outgoing/failure.js';
import type { Asked, Call } from '../target.js';
import type { TaskBook, TaskTerms, WantedTask } from './task-book.port.js';
import type { TaskSender } from './task-sender.process.js';

/** How often a person's answer is looked for, in milliseconds: the answer itself has the account looked at. */
const askAgainMs = 300_000;
/** How soon a task is sent again after an attempt without answer, in milliseconds. */
const sendAgainMs = 30_000;
const usualPage = 500;

export interface GivenTasksOptions {
  readonly connector: string;
  readonly book: TaskBook;
  readonly terms: TaskTerms;
  /** Null: the owners of the application are told. */
  readonly sender: TaskSender | null;
  /** People say in lists which accounts there are. */
  readonly isListed: boolean;
  /** Accounts, or names, on one page of a list. */
  readonly perPage?: number;
}

/** Has changes made by people: each change is a task, and the task is the ticket. */
export class GivenTasks {
  constructor(private readonly options: GivenTasksOptions) {}

  /** @throws CallFailure always: `accepted` with the ticket, or why the task could not be given */
  async give(wanted: Omit<WantedTask, 'connector'>, call: Call): Promise<never> {
    call.leftMs();
    const { book, connector, terms, sender } = this.options;
    const whole = { connector, ...wanted };
    const task = await book.give(whole, terms);
    if (sender !== null && !task.isSent) {
      try {
        await sender.send(task, whole, call);
      } catch (error) {
        throw await this.notSent(task.id, error);
      }
      await book.sent(task.id);
    }
    throw new CallFailure({ ...pending(task.id), pastInMs: askAgainMs });
  }

  readonly ask = async (ticket: string, call: Call): Promise<Asked> => {
    const { book, sender } = this.options;
    const answer = await book.answer(ticket);
    if (answer === null) return { is: 'refused', detail: 'there is no such task' };
    if (answer.asked === 'done') return { is: 'done' };
    if (answer.asked === 'refused') return { is: 'refused', detail: answer.reason };
    if (sender !== null && answer.unsent !== null) {
      await sender.send(answer.unsent, answer.unsent.wanted, call);
      await book.sent(ticket);
    }
    return { is: 'pending', againInMs: askAgainMs };
  };

  get perPage(): number {
    return this.options.perPage ?? usualPage;
  }

  /** Is what is kept known to be all? Where people upload lists, only the newest of them tells. */
  async isWhole(): Promise<boolean> {
    const { connector, book, isListed } = this.options;
    return !isListed || (await book.isWhole(connector)) === true;
  }

  async destroy(): Promise<void> {
    await this.options.sender?.destroy();
  }

  /** What was refused is no task. What may have arrived stays one, and is sent again under the same id. */
  private async notSent(task: string, error: unknown): Promise<unknown> {
    if (!(error instanceof CallFailure)) return error;
    if (error.terms.effectUnknown)
      return new CallFailure({ ...error.terms, ticket: task, pastInMs: sendAgainMs }, { cause: error });
    await this.options.book.withdraw(task);
    return error;
  }
}

const pending = (ticket: string): FailureTerms => ({
  class: 'transient',
  code: 'accepted',
  status: null,
  effectUnknown: true,
  retryAfterMs: null,
  ticket,
  detail: '',
});
