import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import type { Call } from '../../targets/targets.exports.js';

/** Minimum of time to start a call. */
const minMs = 1_000;

/**
 * Every call of an operation ends within the call time-out after its intent. A reader of an intent without an outcome
 * relies on this. A call that waited too long is not made.
 */
export function callOf(
  { operation, startedAt }: { readonly operation: string; readonly startedAt: string },
  nowMs: () => number,
  mayCall: () => boolean,
): Call {
  const endMs = Date.parse(startedAt) + callTimeoutMs;
  const leftMs = (): number => {
    const withinMs = endMs - nowMs();
    if (withinMs < minMs || !mayCall()) throw notSent();
    return withinMs;
  };
  return { operation, leftMs };
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
