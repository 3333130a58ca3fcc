import type { FailureTerms } from '#libs/outgoing/failure.js';

/** Attempts after which the account is at fault, if the application serves others in the meantime. */
export const attemptsWhileOthersSucceed = 8;
/** Attempts after which the account is at fault, if the application can be read. */
export const attemptsAlone = 20;
/** How much earlier than the account's first failure a success of others may be, in milliseconds. */
const slackMs = 60_000;

export interface FailureHistory {
  /** Failed attempts in a row, including this one. */
  readonly attempts: number;
  /** When the first of them failed. */
  readonly sinceMs: number;
  /** When the application last succeeded for another account; null for never. */
  readonly othersSucceededMs: number | null;
}

/** Failures that do not concern an account: no server answers, or another server than the application. */
const aboutNoAccount = new Set(['unreachable', 'address-refused', 'redirected', 'wrong-address', 'not-sent']);

/**
 * Must a person look at an account that keeps failing? `yes` if others are served and this one is not. `in-the-end` if
 * there are no others: then only if the application can be read.
 */
export function attemptsExhausted(
  { class: kind, code }: FailureTerms,
  history: FailureHistory,
): 'no' | 'yes' | 'in-the-end' {
  if (kind === 'throttled' || kind === 'auth' || aboutNoAccount.has(code)) return 'no';
  const { attempts, sinceMs, othersSucceededMs } = history;
  const othersServed = othersSucceededMs !== null && othersSucceededMs >= sinceMs - slackMs;
  if (attempts >= attemptsWhileOthersSucceed && othersServed) return 'yes';
  return attempts >= attemptsAlone ? 'in-the-end' : 'no';
}
