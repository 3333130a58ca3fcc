import { later } from '#libs/text/duration.js';
import type { Account } from './account-state.js';

/** Is the account to be there, and has its person left? */
interface Wanted {
  readonly active: boolean;
  readonly leaver: boolean;
  /** Undefined: the connector says whether the account of a leaver is deleted. */
  readonly deletes?: boolean | undefined;
}

/** What a connector says of accounts that are not wanted any more. */
interface DeletionPolicy {
  readonly onUnassign: 'disable' | 'delete' | 'keep';
  readonly deleteAfter: string | null;
}

/** What is to be recorded of the deletion of a disabled account: when it is due, that it will not be, or nothing new. */
export type DeletionNote = NonNullable<Account['deletion']> | 'cancelled' | null;

/** Is the account deleted some time after it was disabled? */
export function isDeletedLater(
  { leaver, deletes }: Pick<Wanted, 'leaver' | 'deletes'>,
  { deleteAfter, onUnassign }: DeletionPolicy,
): boolean {
  return deletes === undefined && deleteAfter !== null && (leaver || onUnassign !== 'keep');
}

/** Has the account been disabled for as long as the connector says now? Only what was scheduled is deleted. */
export function isDeletionDue({ deletion }: Account, { deleteAfter }: DeletionPolicy, nowMs: number): boolean {
  return deletion !== null && deleteAfter !== null && Date.parse(later(deletion.since, deleteAfter)) <= nowMs;
}

/** The delay begins when the account is disabled, and follows the connector when that says another one. */
export function deletionNote(goal: Wanted, account: Account, policy: DeletionPolicy, at: string): DeletionNote {
  const { deletion } = account;
  if (!isIdle(goal, account) || policy.deleteAfter === null || !isDeletedLater(goal, policy))
    return deletion === null ? null : 'cancelled';
  const since = deletion?.since ?? at;
  const dueAt = later(since, policy.deleteAfter);
  return dueAt === deletion?.dueAt ? null : { since, dueAt };
}

function isIdle({ active }: Wanted, { accountId, status }: Account): boolean {
  return !active && accountId !== null && status === 'disabled';
}
