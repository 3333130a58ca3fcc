import {
  type Account,
  type CallResult,
  type Goal,
  type NameHolder,
  type OpenOperation,
  refusedName,
} from '../../accounts/accounts.exports.js';
import type { TaskContext } from './task-context.js';

/** A userName that the application refuses, and the account of the hub that has it. */
export interface HeldName {
  readonly name: string;
  readonly holder: NameHolder;
}

/**
 * Attempts after which an account that cannot get its name gives up its present name to the account that waits for it.
 */
const attemptsBeforeYielding = 2;

/** The refused name, and the account of the hub that has it; null where no account of the hub has it. */
export async function heldName(
  open: OpenOperation,
  result: CallResult,
  identityId: string,
  { nameHolder }: Pick<TaskContext, 'nameHolder'>,
): Promise<HeldName | null> {
  const name = refusedName(open, result);
  const holder = name === null ? null : await nameHolder(name, identityId);
  return name === null || holder === null ? null : { name, holder };
}

/** The holder waits, too, and this account has a name that it can give up. */
export function mayStepAside(
  holder: NameHolder,
  aside: string,
  { state, goal, attempts }: { readonly state: Account; readonly goal: Goal; readonly attempts: number },
  { mayCall }: Pick<TaskContext, 'mayCall'>,
): boolean {
  const has = state.written['userName'];
  const isStuck = holder.due && attempts > attemptsBeforeYielding;
  const isNamed = typeof has === 'string' && has !== aside;
  return isStuck && isNamed && goal.active && state.accountId !== null && mayCall();
}
