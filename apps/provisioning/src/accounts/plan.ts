import { isDeepStrictEqual } from 'node:util';
import type { Account, OpenOperation } from './account.js';
import type { Attributes, DesiredVersion, OperationKind } from './account.events.js';

/** What the account should be, with the connector's mapping applied. */
export interface Goal {
  readonly version: DesiredVersion;
  readonly active: boolean;
  readonly leaver: boolean;
  /** Assignment ids of the account. */
  readonly because: readonly string[];
  readonly groups: readonly { readonly name: string; readonly because: readonly string[] }[];
  /** Written at creation and whenever they differ. Empty unless `active`. */
  readonly attributes: Attributes;
  /** Written at creation only. */
  readonly initial: Attributes;
}

export interface Policy {
  readonly onUnassign: 'disable' | 'delete' | 'keep';
  readonly onLeave: 'disable' | 'delete';
  readonly onDisable: 'strip' | 'keep';
}

export interface Operate {
  readonly do: 'operate';
  readonly kind: OperationKind;
  readonly group: string | null;
  readonly because: readonly string[];
  /** What a creation or update writes; null clears. Null for other kinds. */
  readonly written: Attributes | null;
}

export type Step =
  | Operate
  /** Nothing differs. */
  | { readonly do: 'nothing' }
  /** The call of an open operation may still be running: look again then. */
  | { readonly do: 'wait'; readonly untilMs: number }
  /** Look whether the open operation took effect. */
  | { readonly do: 'look'; readonly open: OpenOperation }
  /** The open operation may be repeated without looking, or is no longer wanted: close it and plan again. */
  | { readonly do: 'close'; readonly open: OpenOperation; readonly maybeGranted: boolean };

/** A call whose connection broke is over this much later, wherever it had got to. */
export const settleMs = 2_000;

/**
 * The next operation that brings an account closer to its goal, or what to do first. Level-triggered: only the difference
 * counts, not how it came about.
 *
 * @param overMs when the call of an operation, of which nothing was heard since its intent, can no longer be running
 */
export function plan(goal: Goal, account: Account, policy: Policy, clock: { nowMs: number; overMs: number }): Step {
  if (account.open !== null) return resolve(goal, account.open, clock);
  if (goal.active) return towardsActive(goal, account);
  return goal.leaver ? afterLeaving(account, policy) : afterUnassignment(account, policy);
}

/** What has no outcome comes first: "absent" is believed only when the first call can no longer be running. */
function resolve(goal: Goal, open: OpenOperation, { nowMs, overMs }: { nowMs: number; overMs: number }): Step {
  const untilMs = open.lost === null ? overMs : Date.parse(open.lost.at) + settleMs;
  const repeatable = open.kind === 'disable-account' || open.kind === 'delete-account' || open.kind === 'remove-member';
  if (repeatable) return { do: 'close', open, maybeGranted: false };
  const overtaken =
    !goal.active && (open.kind === 'update-account' || open.kind === 'add-member' || open.kind === 'enable-account');
  if (overtaken) return { do: 'close', open, maybeGranted: open.kind !== 'update-account' };
  if (nowMs < untilMs) return { do: 'wait', untilMs };
  if (open.kind === 'create-account' || open.kind === 'add-member') return { do: 'look', open };
  return { do: 'close', open, maybeGranted: false };
}

/** Nothing to something. Memberships no longer wanted go first, so that nobody holds old and new access at once. */
function towardsActive(goal: Goal, account: Account): Step {
  if (account.accountId === null) {
    return {
      do: 'operate',
      kind: 'create-account',
      group: null,
      because: goal.because,
      written: { ...goal.initial, ...goal.attributes },
    };
  }
  const wanted = new Set(goal.groups.map(({ name }) => name));
  const superfluous = namesOf(account.groups).find((name) => !wanted.has(name));
  if (superfluous !== undefined) return removal(account, superfluous);
  if (account.status === 'disabled') return operate('enable-account', goal.because);
  const changes = differences(goal, account);
  if (changes !== null) return { ...operate('update-account', goal.because), written: changes };
  const missing = goal.groups.find(({ name }) => !Object.hasOwn(account.groups, name));
  if (missing !== undefined) return { ...operate('add-member', missing.because), group: missing.name };
  return { do: 'nothing' };
}

/** Who left is shut out first; then what the hub granted is taken away. */
function afterLeaving(account: Account, { onLeave, onDisable }: Policy): Step {
  if (account.accountId === null) return { do: 'nothing' };
  if (onLeave === 'delete') return operate('delete-account', account.because);
  if (account.status === 'active') return operate('disable-account', account.because);
  const [granted] = onDisable === 'strip' ? namesOf(account.groups) : [];
  return granted === undefined ? { do: 'nothing' } : removal(account, granted);
}

/** Who only lost the application gives the groups back first, then the account. */
function afterUnassignment(account: Account, { onUnassign }: Policy): Step {
  if (account.accountId === null) return { do: 'nothing' };
  const [granted] = namesOf(account.groups);
  if (granted !== undefined) return removal(account, granted);
  if (onUnassign === 'delete') return operate('delete-account', account.because);
  if (onUnassign === 'disable' && account.status === 'active') return operate('disable-account', account.because);
  return { do: 'nothing' };
}

/** Identifiers of an account that was there before us are not touched by the same desired access that took it over. */
const identifiers = new Set(['userName', 'emails', 'externalId']);

function differences({ attributes, version }: Goal, { written, adoptedAt }: Account): Attributes | null {
  const firstContact =
    adoptedAt !== null && adoptedAt.epoch === version.epoch && adoptedAt.sequence === version.sequence;
  const changes: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(attributes)) {
    if (path === 'externalId' || (firstContact && identifiers.has(path))) continue;
    const before = Object.hasOwn(written, path) ? written[path] : null;
    if (!isDeepStrictEqual(before ?? null, value ?? null)) changes[path] = value ?? null;
  }
  return Object.keys(changes).length === 0 ? null : changes;
}

function operate(kind: OperationKind, because: readonly string[]): Operate {
  return { do: 'operate', kind, group: null, because, written: null };
}

function removal(account: Account, group: string): Operate {
  return { ...operate('remove-member', account.groups[group] ?? []), group };
}

function namesOf(groups: Account['groups']): string[] {
  return Object.keys(groups).sort();
}
