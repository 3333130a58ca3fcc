import { Injectable } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { NotFound } from '#libs/problems/problem.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { desiredChannel, wakeAccount } from '../accounts/accounts.exports.js';
import { keep } from './kept-accounts.store.js';
import { type Answering, confirm, refuse, type TaskState } from './task.js';
import type { TaskEvent } from './task.events.js';
import { taskReminder } from './task-timers.js';
import { Tasks } from './tasks.stream.js';

/** That a task is done, and who says so. */
export interface Confirmation {
  readonly answering: Answering;
  readonly how: 'answer' | 'list';
  /** The application's own id of an account that was made; null where nobody says. */
  readonly account: string | null;
}

/** Answers to tasks, with what follows: the kept accounts are as the person says, and the account goes on at once. */
@Injectable()
export class AnsweredTasks {
  constructor(
    private readonly tasks: Tasks,
    private readonly timers: Timers,
    private readonly db: Database,
  ) {}

  async confirm(task: TaskState, { answering, how, account }: Confirmation, causation: Causation): Promise<void> {
    await this.answer(task, (state) => confirm(answering, how, account, state), causation);
  }

  async refuse(task: TaskState, answering: Answering, reason: string, causation: Causation): Promise<void> {
    await this.answer(task, (state) => refuse(answering, reason, state), causation);
  }

  private async answer(
    { task: id }: TaskState,
    decide: (state: TaskState) => TaskEvent[],
    causation: Causation,
  ): Promise<void> {
    const decided = (state: TaskState | null): TaskEvent[] => {
      if (state === null) throw new NotFound('task', id);
      return decide(state);
    };
    await this.tasks.transact(id, decided, causation, (work, { state, facts }) => {
      if (state !== null && facts.length > 0) this.follow(work, state);
    });
  }

  private follow(work: Work, state: TaskState): void {
    const { task, status, application, identityId, accountId, answered } = state;
    const at = answered?.at ?? '';
    if (status === 'confirmed' && accountId !== null) keep(work, { ...state, accountId }, at);
    this.timers.cancel(work, taskReminder, task);
    if (identityId !== null) wakeAccount(work, { application, identityId, at });
    work.onCommitted(() => this.db.notifier.notify(desiredChannel));
  }
}
