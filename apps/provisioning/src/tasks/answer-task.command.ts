import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, type Caller } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { ConnectorRows } from '../connectors/connectors.exports.js';
import { AnsweredTasks } from './answered-tasks.process.js';
import { KeptAccounts } from './kept-accounts.store.js';
import type { TaskState } from './task.js';
import { Tasks } from './tasks.stream.js';

/** A person says that a task is done, or that it will not be. */
export class AnswerTask extends Command<void> {
  constructor(
    readonly task: string,
    /** `account`: the application's own id of an account that was made; null where nobody says. */
    readonly answer: { readonly confirm: { readonly account: string | null } } | { readonly refuse: string },
    readonly by: Caller,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(AnswerTask)
export class AnswerTaskHandler implements ICommandHandler<AnswerTask> {
  constructor(
    private readonly tasks: Tasks,
    private readonly answered: AnsweredTasks,
    private readonly connectors: ConnectorRows,
    private readonly kept: KeptAccounts,
    private readonly clock: Clock,
  ) {}

  async execute({ task: id, answer, by, causation }: AnswerTask): Promise<void> {
    const { state } = await this.tasks.load(id);
    if (state === null || !(await this.connectors.mayManage(state.connector, by))) throw new NotFound('task', id);
    const answering = { by: actorId(causation.actor), at: this.clock.now() };
    if ('refuse' in answer) {
      await this.answered.refuse(state, answering, answer.refuse, causation);
      return;
    }
    const { account } = answer.confirm;
    await this.checkAccount(state, account);
    await this.answered.confirm(state, { answering, how: 'answer', account }, causation);
  }

  /** A made account is nobody else's. @throws InvalidInput */
  private async checkAccount({ connector, kind, identityId }: TaskState, account: string | null): Promise<void> {
    if (account === null) return;
    if (kind !== 'create-account')
      throw new InvalidInput([
        { pointer: '/account', detail: 'belongs to a task that makes an account: leave it out' },
      ]);
    const there = await this.kept.read(connector, account);
    if (there === null || there.externalId === null || there.externalId === identityId) return;
    const detail = 'is the account of somebody else: give the id of the account that was made';
    throw new InvalidInput([{ pointer: '/account', detail }]);
  }
}
