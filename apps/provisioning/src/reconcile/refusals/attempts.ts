import type { FailureTerms } from '#libs/scim/client/failure.js';

/** Tries after which it is the account's fault, if the application serves others meanwhile. */
export const attemptsWhileOthersSucceed = 8;
/** Tries after which it is the account's fault, if the application may be read. */
export const attemptsAlone = 20;
/** How much earlier than an account's first failure a success of others still tells of the same time. */
const slackMs = 60_000;

export interface FailureHistory {
  /** Tries that failed one after the other, this one with them. */
  readonly attempts: number;
  /** When the first of them did. */
  readonly sinceMs: number;
  /** When the application last did what was asked for another account; null for never. */
  readonly othersSucceededMs: number | null;
}

/** Failures that say nothing of an account: nobody listens there, or something else than the application. */
const aboutNoAccount = new Set(['unreachable', 'address-refused', 'redirected', 'wrong-address', 'not-sent']);

/**
 * Is it time for a person to look at an account that fails again and again? Yes once others are served and this one is
 * not, and in the end also when it is the only one, `in-the-end`: if the application can be read, it is this account.
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
