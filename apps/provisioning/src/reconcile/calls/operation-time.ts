import { CallFailure } from '#libs/outgoing/failure.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';

/** The time that a call may take of its operation's time. It throws `not-sent` if the call is too late. */
export type Limits = () => { readonly withinMs?: number };
export const unlimited: Limits = () => ({});

/** Minimum of time to start a call. */
const minMs = 1_000;

/**
 * Every call of an operation ends within the call time-out of its intent: a reader of an intent without outcome relies
 * on this. A call that waited too long is not made.
 */
export function limitsOf(startedAt: string, nowMs: () => number, mayCall: () => boolean): Limits {
  const endMs = Date.parse(startedAt) + callTimeoutMs;
  return () => {
    const withinMs = endMs - nowMs();
    if (withinMs < minMs || !mayCall()) throw notSent();
    return { withinMs };
  };
}

/** Nothing was sent. */
export function notSent(): CallFailure {
  return new CallFailure({
    class: 'transient',
    code: 'not-sent',
    status: null,
    effectUnknown: false,
    retryAfterMs: null,
    detail: '',
  });
}
