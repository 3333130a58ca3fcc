import { ScimFailure } from '#libs/scim/client/failure.js';
import { callTimeoutMs } from '#libs/scim/client/http-exchange.js';

/** What a call may take of its operation's time; throws `not-sent` when it may not leave any more. */
export type Limits = () => { readonly withinMs?: number };
export const unlimited: Limits = () => ({});

/** A call needs a little time to be worth starting. */
const minMs = 1_000;

/**
 * Every call of an operation ends within the call time-out of its intent: whoever finds the intent without an outcome
 * relies on that. What had to wait too long for its turn is not sent any more.
 */
export function limitsOf(startedAt: string, nowMs: () => number, mayCall: () => boolean): Limits {
  const endMs = Date.parse(startedAt) + callTimeoutMs;
  return () => {
    const withinMs = endMs - nowMs();
    if (withinMs < minMs || !mayCall()) throw notSent();
    return { withinMs };
  };
}

/** Nothing left this machine. */
export function notSent(): ScimFailure {
  return new ScimFailure({
    class: 'transient',
    code: 'not-sent',
    status: null,
    effectUnknown: false,
    retryAfterMs: null,
    detail: '',
  });
}
