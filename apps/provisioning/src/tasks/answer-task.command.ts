import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, type Caller } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { desiredChannel, wakeAccount } from '../accounts/accounts.exports.js';
import { ConnectorRows } from '../connectors/connectors.exports.js';
import { keep, KeptAccounts } from './kept-accounts.store.js';
import { confirm, refuse, type Task, type TaskState } from './task.js';
import type { TaskEvent } from './task.events.js';
import { taskReminder } from './task-timers.js';
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
    private readonly connectors: ConnectorRows,
    private readonly kept: KeptAccounts,
    private readonly timers: Timers,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ task: id, answer, by, causation }: AnswerTask): Promise<void> {
    const { state: known } = await this.tasks.load(id);
    if (known === null || !(await this.mayAnswer(known, by))) throw new NotFound('task', id);
    if ('confirm' in answer) await this.checkAccount(known, answer.confirm.account);
    const answering = { by: actorId(causation.actor), at: this.clock.now() };
    const decide = (state: Task): TaskEvent[] => {
      if (state === null) throw new NotFound('task', id);
      return 'confirm' in answer
        ? confirm(answering, 'answer', answer.confirm.account, state)
        : refuse(answering, answer.refuse, state);
    };
    await this.tasks.transact(id, decide, causation, (work, { facts }) =>
      this.follow(work, known, facts, answering.at),
    );
  }

  /** The kept accounts are as the person says, and the account goes on at once. */
  private follow(work: Work, known: TaskState, facts: readonly TaskEvent[], at: string): void {
    const [fact] = facts;
    if (fact === undefined) return;
    if (fact.type === 'TaskConfirmed' && fact.data.accountId !== null)
      keep(work, { ...known, accountId: fact.data.accountId }, at);
    this.timers.cancel(work, taskReminder, known.task);
    const { application, identityId } = known;
    if (identityId !== null) wakeAccount(work, { application, identityId, at });
    work.onCommitted(() => this.db.notifier.notify(desiredChannel));
  }

  /** An owner of the application, or a connector-admin. Nobody else learns which tasks there are. */
  private async mayAnswer({ connector }: TaskState, { identity, roles }: Caller): Promise<boolean> {
    if (roles.includes('connector-admin')) return true;
    return identity !== null && (await this.connectors.ownersOf(connector)).includes(identity);
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
