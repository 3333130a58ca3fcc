import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, type Caller } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { desiredChannel } from '../accounts/accounts.exports.js';
import {
  type AccountFile,
  ConnectorNotDefined,
  type ConnectorRow,
  ConnectorRows,
} from '../connectors/connectors.exports.js';
import { Readings } from '../readings/readings.exports.js';
import { AccountListNotTaken } from './account-list.errors.js';
import { receive } from './account-list.js';
import { ListedAccountStore } from './account-lists.store.js';
import { AccountLists } from './account-lists.stream.js';
import { type ListedAccounts, readList, type RejectedLine, statedTwice } from './listed-accounts.js';
import { ConfirmByList } from './confirm-by-list.process.js';

/** What became of an uploaded list. */
export interface ReceivedList {
  readonly dryRun: boolean;
  readonly connector: string;
  readonly asOf: string;
  readonly accounts: number;
  readonly added: number;
  /** Accounts that the list does not name any more; 0 where a line was rejected. */
  readonly gone: number;
  /** Tasks that the list shows as done. */
  readonly confirmed: number;
  /** The reading that follows; null for none. */
  readonly reading: string | null;
  readonly rejections: readonly RejectedLine[];
}

/** An owner says which accounts an application has. */
export class ReceiveList extends Command<ReceivedList> {
  constructor(
    readonly connector: string,
    readonly list: { readonly text: string; readonly asOf: string; readonly dryRun: boolean },
    readonly by: Caller,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(ReceiveList)
export class ReceiveListHandler implements ICommandHandler<ReceiveList> {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly lists: AccountLists,
    private readonly listed: ListedAccountStore,
    private readonly confirming: ConfirmByList,
    private readonly readings: Readings,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute(command: ReceiveList): Promise<ReceivedList> {
    const { connector, list, causation } = command;
    const { row, file } = await this.allowed(command);
    const now = this.clock.now();
    if (list.asOf > now) throw new InvalidInput([{ pointer: '/asOf', detail: 'is ahead: say when the list was made' }]);
    const { accounts, rejections } = readable(list.text, file);
    const whole = rejections.length === 0;
    const untouched = await this.listed.newerThan(connector, list.asOf);
    const stated = accounts.filter(({ id }) => !untouched.includes(id));
    const { added, gone } = await this.listed.changes(
      connector,
      stated.map(({ id }) => id),
      untouched,
    );
    const about = { connector, asOf: list.asOf, accounts: accounts.length, added, gone: whole ? gone : 0, rejections };
    if (list.dryRun) return { dryRun: true, ...about, confirmed: 0, reading: null };
    const applications = await this.connectors.applicationsOf(connector);
    const by = actorId(causation.actor);
    const data = { connector, applications, asOf: list.asOf, accounts: accounts.length, whole, by, receivedAt: now };
    await this.lists.transact(
      connector,
      (state) => [receive(data, state)],
      causation,
      (work) => this.listed.keep(work, connector, stated, { untouched, whole, asOf: list.asOf }),
    );
    const confirmed = await this.confirming.run({ connector, file, whole, asOf: list.asOf }, causation);
    return { dryRun: false, ...about, confirmed, reading: await this.read(row, now) };
  }

  /** An owner of the application, or a connector-admin. */
  private async allowed({
    connector,
    by,
  }: ReceiveList): Promise<{ readonly row: ConnectorRow; readonly file: AccountFile }> {
    await this.connectors.requireManager(connector, by, 'says which accounts it has');
    const row = (await this.connectors.all()).find(({ id }) => id === connector);
    if (row === undefined) throw new ConnectorNotDefined(`there is no connector ${connector}`, { connector });
    const { file } = row.document;
    if (file === null)
      throw new AccountListNotTaken('the connector document has no `file`: say there how a list is read', {
        connector,
      });
    return { row, file };
  }

  /** What the list says is read as any application is. */
  private async read({ id: connector, status }: ConnectorRow, requestedAt: string): Promise<string | null> {
    if (status === 'paused') return null;
    const asked = { id: uuidv7(), connector, trigger: 'request', confirmed: null, requestedAt } as const;
    const { id } = await this.readings.ask(asked);
    this.db.notifier.notify(desiredChannel);
    return id;
  }
}

/** @throws InvalidInput for what is no list, or states an account twice */
function readable(text: string, file: AccountFile): ListedAccounts {
  const read = readList(text, file);
  if (typeof read === 'string') throw new InvalidInput([{ pointer: '', detail: read }]);
  const twice = statedTwice(read.accounts, file.account);
  if (twice.length === 0) return read;
  throw new InvalidInput(twice.map(({ line, column, detail }) => ({ pointer: `/${line}/${column ?? ''}`, detail })));
}
