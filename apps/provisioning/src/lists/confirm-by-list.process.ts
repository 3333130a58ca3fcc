import { Injectable } from '@nestjs/common';
import { actorId } from '#libs/auth/caller.js';
import { entitlementOf } from '#libs/contracts/entitlement.js';
import type { Causation } from '#libs/event-store/core.js';
import { Clock } from '#libs/system/clock.js';
import type { AccountFile } from '../connectors/connectors.exports.js';
import type { KeptAccount } from '../targets/targets.exports.js';
import { AnsweredTasks, KeptAccounts, OpenTasks, type TaskState } from '../tasks/tasks.exports.js';
import { isDone } from './shown-by-list.js';

/** A list that was kept. */
export interface KeptList {
  readonly connector: string;
  readonly file: AccountFile;
  readonly whole: boolean;
  readonly asOf: string;
}

/** Tasks that an uploaded list shows as done are confirmed by it. */
@Injectable()
export class ConfirmByList {
  constructor(
    private readonly tasks: OpenTasks,
    private readonly answered: AnsweredTasks,
    private readonly kept: KeptAccounts,
    private readonly clock: Clock,
  ) {}

  /** @returns how many */
  async run(list: KeptList, causation: Causation): Promise<number> {
    const answering = { by: actorId(causation.actor), at: this.clock.now() };
    let confirmed = 0;
    for (const task of await this.tasks.givenBefore(list.connector, list.asOf)) {
      const account = await this.accountOf(task);
      const holds = account !== null && (await this.holds(task, account.id));
      if (!isDone(task, { account, holds, whole: list.whole }, list.file)) continue;
      await this.answered.confirm(task, { answering, how: 'list', account: account?.id ?? null }, causation);
      confirmed += 1;
    }
    return confirmed;
  }

  private async accountOf({ connector, accountId, identityId, written }: TaskState): Promise<KeptAccount | null> {
    if (accountId !== null) return await this.kept.read(connector, accountId);
    const name = written?.['userName'];
    const userName = typeof name === 'string' ? name : null;
    const found = await this.kept.find(connector, { identityId, userName });
    return found.length === 1 ? (found[0] ?? null) : null;
  }

  private async holds({ connector, entitlement }: TaskState, account: string): Promise<boolean> {
    const { kind, name } = entitlementOf('', entitlement);
    if (kind === 'account') return false;
    const asked = { kind, name, accounts: [account], after: '', limit: 1 };
    return (await this.kept.holders(connector, asked)).length > 0;
  }
}
