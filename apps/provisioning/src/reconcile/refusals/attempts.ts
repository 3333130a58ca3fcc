import type { FailureTerms } from '#libs/outgoing/failure.js';

/** Attempts after which the account is at fault, if the application serves others in the meantime; unless the connector says otherwise. */
export const attemptsWhileOthersSucceed = 8;
/** Attempts after which the account is at fault, if the application can be read: so many times as many. */
const aloneFactor = 2.5;
export const attemptsAlone = aloneFactor * attemptsWhileOthersSucceed;
/** How much earlier than the account's first failure a success of others may be, in milliseconds. */
const slackMs = 60_000;

export interface FailureHistory {
  /** Failed attempts in a row, including this one. */
  readonly attempts: number;
  /** When the first of them failed. */
  readonly sinceMs: number;
  /** When the application last succeeded for another account; null for never. */
  readonly othersSucceededMs: number | null;
  /** Attempts after which it is at fault, if others are served. */
  readonly most?: number;
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
  const { attempts, sinceMs, othersSucceededMs, most = attemptsWhileOthersSucceed } = history;
  const othersServed = othersSucceededMs !== null && othersSucceededMs >= sinceMs - slackMs;
  if (attempts >= most && othersServed) return 'yes';
  return attempts >= aloneFactor * most ? 'in-the-end' : 'no';
}
