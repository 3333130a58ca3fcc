import { isDeepStrictEqual } from 'node:util';
import { entitlementOf } from '#libs/contracts/entitlement.js';
import type { AccountFile } from '../connectors/connectors.exports.js';
import type { KeptAccount } from '../targets/targets.exports.js';
import type { TaskState } from '../tasks/tasks.exports.js';

/** What a list shows of the account that a task is about. */
export interface ShownByList {
  /** Null: it is not there. */
  readonly account: KeptAccount | null;
  /** The account holds what the task is about. */
  readonly holds: boolean;
  readonly whole: boolean;
}

/** Does a list show that a task is done? False also where it cannot tell. */
export function isDone(task: TaskState, shown: ShownByList, file: AccountFile): boolean {
  const { account, holds } = shown;
  if (account === null) return shown.whole && takes.has(task.kind);
  switch (task.kind) {
    case 'create-account':
      return true;
    case 'update-account':
      return hasAll(account, task, file);
    case 'enable-account':
    case 'disable-account':
      return file.active !== null && account.active === (task.kind === 'enable-account');
    case 'delete-account':
      return false;
    case 'add-member':
    case 'grant-role':
    case 'remove-member':
    case 'revoke-role':
      return tellsOf(task, file) && holds !== takes.has(task.kind);
  }
}

/** Done where there is no account any more. */
const takes: ReadonlySet<TaskState['kind']> = new Set([
  'disable-account',
  'delete-account',
  'remove-member',
  'revoke-role',
]);

/** Only what the list has a column for can be seen in it. */
function hasAll({ attributes, userName }: KeptAccount, { written }: TaskState, file: AccountFile): boolean {
  return Object.entries(written ?? {}).every(([path, value]) => {
    if (path === 'userName') return file.userName !== null && userName === value;
    return Object.hasOwn(file.attributes, path) && isDeepStrictEqual(attributes[path], value ?? '');
  });
}

function tellsOf({ entitlement }: TaskState, { groups, roles }: AccountFile): boolean {
  return (entitlementOf('', entitlement).kind === 'group' ? groups : roles) !== null;
}
