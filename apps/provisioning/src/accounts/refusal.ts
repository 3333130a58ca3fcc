import { takenBy } from '#libs/contracts/operation-effects.js';
import type { FailureTerms } from '#libs/outgoing/failure.js';
import type { OperationTerms } from './account.events.js';

/** The application refused one change of an account. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
  /** True if it may still accept it later; otherwise a person must look. */
  readonly again: boolean;
}

/**
 * Code of a refusal because the application has no room for one more, such as no licence. The account is parked for a person,
 * who buys or frees one, and tried again from time to time.
 */
export const noRoom = 'payment-required';

/** Statuses with which a server refuses deletion as such: the account can still be disabled. */
const undeletable = new Set([403, 405, 409, 501]);

/**
 * Whether everything else is done nevertheless: after each failed deletion, because disabling is another call, and after
 * a change that the application refuses permanently. Null: the account waits as a whole.
 *
 * @param active whether the person should have the account
 */
export function refusalOf(
  { kind }: Pick<OperationTerms, 'kind'>,
  failure: FailureTerms,
  { willRetry, active }: { readonly willRetry: boolean; readonly active: boolean },
): Refusal | null {
  if (isAboutEverybody(failure)) return null;
  const { code, status, detail } = failure;
  const lasting = !willRetry || code === 'silent-failure';
  if (kind === 'delete-account') {
    const again = !lasting && !undeletable.has(status ?? 0);
    return { code: 'delete-refused', detail: refusedDeletion(failure), again };
  }
  if (!isSeparate(kind, active)) return null;
  return lasting ? { code, detail, again: willRetry } : null;
}

/** Does its refusal say nothing about the other calls? */
function isSeparate(kind: OperationTerms['kind'], active: boolean): boolean {
  const grants = kind === 'add-member' || kind === 'grant-role';
  return kind === 'update-account' || takenBy(kind) !== null || (grants && active);
}

function refusedDeletion({ code, status, detail }: FailureTerms): string {
  const answer = code === 'silent-failure' ? detail : `DELETE was answered ${status ?? code}: ${detail}`;
  const mend = 'delete it in the application, or set deprovision to disable, then retry';
  return `${answer}. Everything else was removed: ${mend}`;
}

/** The whole connector waits, not this account. */
export function isAboutEverybody({ class: kind, code }: FailureTerms): boolean {
  return code === 'not-sent' || kind === 'throttled' || kind === 'auth';
}
