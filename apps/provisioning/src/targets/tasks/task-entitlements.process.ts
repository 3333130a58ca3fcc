import { fieldsOf } from '#libs/contracts/entitlement.js';
import { cursorOf, stateOf } from '../cursor.js';
import type { Call, EntitlementTarget, Page, ShownEntitlement, ShownHolders } from '../target.js';
import type { GivenTasks } from './given-tasks.process.js';
import { notThere } from './task-accounts.process.js';
import type { KeptKind, TaskBook } from './task-book.port.js';

const beginning = { after: '' };

/** Groups or roles that people grant. Any name may be granted: the owner of the application knows which there are. */
export class TaskEntitlements implements EntitlementTarget {
  readonly mostAtOnce = 1;
  readonly oneWriter = false;
  readonly shownWithinMs = 0;
  readonly heldBy = null;
  readonly create = null;

  constructor(
    private readonly kind: KeptKind,
    private readonly connector: string,
    private readonly book: TaskBook,
    private readonly tasks: GivenTasks,
  ) {}

  find(name: string): Promise<readonly ShownEntitlement[]> {
    return Promise.resolve([{ id: name, name }]);
  }

  async list(cursor: string | null): Promise<Page<ShownEntitlement>> {
    const { after } = stateOf(cursor, beginning);
    const { perPage } = this.tasks;
    const names = await this.book.names(this.connector, this.kind, after, perPage);
    const next = nextOf(names, perPage);
    return { items: names.map((name) => ({ id: name, name })), next, complete: await this.isComplete(next) };
  }

  readonly allHolders = async (name: string, cursor: string | null): Promise<Page<string>> => {
    const { after } = stateOf(cursor, beginning);
    const { perPage } = this.tasks;
    const asked = { kind: this.kind, name, accounts: null, after, limit: perPage };
    const items = await this.book.holders(this.connector, asked);
    const next = nextOf(items, perPage);
    return { items, next, complete: await this.isComplete(next) };
  };

  read(id: string): Promise<ShownEntitlement> {
    return Promise.resolve({ id, name: id });
  }

  async grant(name: string, accounts: readonly string[], call: Call): Promise<never> {
    return await this.change(this.kind === 'group' ? 'add-member' : 'grant-role', name, accounts, call);
  }

  async revoke(name: string, accounts: readonly string[], call: Call): Promise<number> {
    return await this.change(this.kind === 'group' ? 'remove-member' : 'revoke-role', name, accounts, call);
  }

  async holders(name: string, accounts: readonly string[]): Promise<ShownHolders> {
    const asked = { kind: this.kind, name, accounts, after: '', limit: accounts.length };
    return { ids: new Set(await this.book.holders(this.connector, asked)), showsAny: true, whole: true };
  }

  private async change(
    kind: 'add-member' | 'remove-member' | 'grant-role' | 'revoke-role',
    name: string,
    accounts: readonly string[],
    call: Call,
  ): Promise<never> {
    const [accountId, ...more] = accounts;
    if (accountId === undefined || more.length > 0) throw new Error('one task is about one account');
    if ((await this.book.read(this.connector, accountId)) === null) throw notThere();
    const entitlement = fieldsOf({ kind: this.kind, name });
    return await this.tasks.give({ kind, identityId: null, accountId, entitlement, written: null }, call);
  }

  private async isComplete(next: string | null): Promise<boolean> {
    return next === null && (await this.tasks.isWhole());
  }
}

function nextOf(items: readonly string[], perPage: number): string | null {
  const last = items.length < perPage ? undefined : items.at(-1);
  return last === undefined ? null : cursorOf({ after: last });
}
