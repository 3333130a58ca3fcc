import { CallFailure } from '#libs/outgoing/failure.js';
import { cursorOf, stateOf } from '../cursor.js';
import type { AccountTarget, Attributes, Call, Page, ShownAccount, SoughtAccount } from '../target.js';
import type { GivenTasks } from './given-tasks.process.js';
import type { KeptAccount, TaskBook, TaskKind } from './task-book.port.js';

const beginning = { after: '' };

/** Accounts that people make and change. They are shown as people said that they are. */
export class TaskAccounts implements AccountTarget {
  readonly shownWithinMs = 0;

  constructor(
    private readonly connector: string,
    private readonly book: TaskBook,
    private readonly tasks: GivenTasks,
  ) {}

  async find(sought: SoughtAccount): Promise<readonly ShownAccount[]> {
    return (await this.book.find(this.connector, sought)).map(shownOf);
  }

  async findBy(path: string, value: string): Promise<readonly ShownAccount[]> {
    return (await this.book.findBy(this.connector, path, value)).map(shownOf);
  }

  expect(): () => void {
    return () => undefined;
  }

  findUnkept(): Promise<null> {
    return Promise.resolve(null);
  }

  async list(cursor: string | null): Promise<Page<ShownAccount>> {
    const { after } = stateOf(cursor, beginning);
    const { perPage } = this.tasks;
    const items = await this.book.page(this.connector, after, perPage);
    const last = items.length < perPage ? undefined : items.at(-1);
    const next = last === undefined ? null : cursorOf({ after: last.id });
    const complete = next === null && (await this.tasks.isWhole());
    return { items: items.map(shownOf), next, complete };
  }

  async read(id: string): Promise<ShownAccount> {
    const found = await this.book.read(this.connector, id);
    if (found === null) throw notThere();
    return shownOf(found);
  }

  async create({ identityId }: SoughtAccount, written: Attributes, call: Call): Promise<never> {
    return await this.tasks.give({ ...ofAccount('create-account', null), identityId, written }, call);
  }

  async change(id: string, written: Attributes, _before: Attributes, call: Call): Promise<never> {
    await this.read(id);
    return await this.tasks.give({ ...ofAccount('update-account', id), written }, call);
  }

  async setActive(id: string, active: boolean, call: Call): Promise<never> {
    await this.read(id);
    return await this.tasks.give(ofAccount(active ? 'enable-account' : 'disable-account', id), call);
  }

  async remove(id: string, call: Call): Promise<number> {
    if ((await this.book.read(this.connector, id)) === null) return 404;
    return await this.tasks.give(ofAccount('delete-account', id), call);
  }
}

const ofAccount = (kind: TaskKind, accountId: string | null) =>
  ({ kind, identityId: null, accountId, entitlement: { account: true }, written: null }) as const;

function shownOf({ id, userName, externalId, active, attributes, createdAt }: KeptAccount): ShownAccount {
  const values = new Map(Object.entries({ ...attributes, userName, externalId, active }));
  return {
    id,
    ...(userName === null ? {} : { userName }),
    ...(externalId === null ? {} : { externalId }),
    ...(createdAt === null ? {} : { createdAt }),
    active,
    at: (path) => {
      const value = values.get(path) ?? null;
      return value === null ? [] : [value];
    },
  };
}

/** Nobody said that there is such an account. */
export function notThere(): CallFailure {
  const terms = { status: 404, effectUnknown: false, retryAfterMs: null, detail: 'there is no such account' };
  return new CallFailure({ ...terms, class: 'gone', code: 'gone' });
}
