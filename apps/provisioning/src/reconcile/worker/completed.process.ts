import type { FailureTerms } from '#libs/outgoing/failure.js';
import {
  type Attributes,
  isNothing,
  type OpenOperation,
  type Operate,
  type Priority,
} from '../../accounts/accounts.exports.js';
import { noneIsFree, type ParkingReason } from '../refusals/parking-reasons.js';
import type { TaskContext } from './task-context.js';

/** An operation with all that it writes; or why it cannot be started. */
export type Completed =
  | { readonly is: 'ready'; readonly next: Operate }
  | { readonly is: 'failed'; readonly failure: FailureTerms }
  | { readonly is: 'for-person'; readonly reason: ParkingReason };

/** For whom the application is asked. */
interface Asking {
  readonly open: () => OpenOperation;
  readonly priority: Priority;
}

/** Adds what only the application can tell: which values are free, and what is empty there. */
export async function completed(
  next: Operate,
  context: Pick<TaskContext, 'choose' | 'calls'>,
  asking: Asking,
): Promise<Completed> {
  const { unique, ifEmpty } = next;
  if (unique !== undefined) {
    const choice = await context.choose(asking.open(), unique, asking.priority);
    if (choice.is === 'failed') return choice;
    return choice.is === 'none' ? { is: 'for-person', reason: noneIsFree(choice.target) } : ready(next, choice.values);
  }
  if (ifEmpty === undefined) return { is: 'ready', next };
  const shown = await context.calls.values(asking.open(), Object.keys(ifEmpty), asking.priority);
  if (shown.is === 'failed') return shown;
  // What the application has is written as it is: from then on the hub knows it.
  return ready(next, { ...ifEmpty, ...filled(shown.values ?? {}) });
}

const ready = (next: Operate, more: Attributes): Completed => ({
  is: 'ready',
  next: { ...next, written: { ...more, ...next.written } },
});

/** Those that have a value. */
const filled = (values: Attributes): Attributes =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => !isNothing(value)));
