import { entitlementKey, entitlementFields, isAccount, type EntitlementFields } from '#libs/contracts/entitlement.js';
import type { DesiredEntitlement } from '#libs/contracts/desired-access.js';
import type { Removal, RemovalItem, RemovalState } from './access.events.js';

/** Desired access of one application before and after a change; `sequence` is that of the later one. */
export interface DesiredStep {
  readonly application: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly before: readonly DesiredEntitlement[];
  readonly after: readonly DesiredEntitlement[];
}

/**
 * What the application has to remove because this assignment ended, except what another assignment justifies.
 * @param granted the application may hold it: it got the order to grant it and has not refused
 */
export function removalOf(assignmentId: string, granted: boolean, step: DesiredStep): Removal {
  const { application, epoch, sequence } = step;
  const kept = new Set(step.after.map(entitlementKey));
  const items = step.before
    .filter((one) => one.because.includes(assignmentId) && !kept.has(entitlementKey(one)))
    .map((one): RemovalItem => ({ ...entitlementFields(one), removal: 'pending' }));
  return { application, epoch, sequence, granted, items };
}

/** The removal after something is desired again: what another assignment justifies need not be removed. */
export function removalUnder(desired: readonly DesiredEntitlement[], removal: Removal): Removal {
  const wanted = new Set(desired.map(entitlementKey));
  return {
    ...removal,
    items: removal.items.map((item) => (wanted.has(entitlementKey(item)) ? { ...item, removal: 'done' } : item)),
  };
}

/** An application's answer about something that must be removed. */
export interface RemovalAnswer {
  readonly application: string;
  readonly epoch: number;
  readonly sequence: number;
  /** What it is about; null when the answer says only that nothing differs any more. */
  readonly about: { readonly entitlement: EntitlementFields; readonly word: Exclude<RemovalState, 'pending'> } | null;
  readonly inSync: boolean;
}

/** The removal after this answer; answers about an older desired access change nothing. */
export function removalAfter(answer: RemovalAnswer, removal: Removal): Removal {
  if (answer.application !== removal.application || isOlder(answer, removal)) return removal;
  return { ...removal, items: removal.items.map((item) => itemAfter(item, answer, removal.granted)) };
}

/** The removal state over all items. */
export function removalWord(removals: readonly Removal[]): RemovalState {
  const words = new Set(removals.flatMap(({ items }) => items.map(({ removal }) => removal)));
  const worst = (['failed', 'pending', 'not-verifiable'] as const).find((word) => words.has(word));
  return worst ?? 'done';
}

function itemAfter(item: RemovalItem, { about, inSync }: RemovalAnswer, granted: boolean): RemovalItem {
  if (item.removal === 'done') return item;
  if (about !== null && concerns(about, item)) return { ...item, removal: about.word };
  // Nothing is left to do, but no reading showed that it is gone. Only what was never granted is known to be absent.
  if (inSync && item.removal !== 'not-verifiable') return { ...item, removal: granted ? 'not-verifiable' : 'done' };
  return item;
}

/** A disabled account gives no access by its groups either. */
function concerns({ entitlement, word }: NonNullable<RemovalAnswer['about']>, item: RemovalItem): boolean {
  return entitlementKey(entitlement) === entitlementKey(item) || (isAccount(entitlement) && word === 'done');
}

const isOlder = (one: Version, than: Version): boolean =>
  one.epoch < than.epoch || (one.epoch === than.epoch && one.sequence < than.sequence);

interface Version {
  readonly epoch: number;
  readonly sequence: number;
}
