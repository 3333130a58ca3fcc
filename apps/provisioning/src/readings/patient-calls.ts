import { CallFailure } from '#libs/outgoing/failure.js';

/** Waits before a page is asked for again. */
const waitsMs = [250, 1_000, 4_000, 15_000] as const;
/** The longest that an application may ask to wait. */
const longestMs = 60_000;

/** When a call is made again, and how long it waits. */
export interface Waiting {
  readonly mayCall: () => boolean;
  readonly pause: (ms: number) => Promise<void>;
}

/** Makes a reading call; one that failed and may succeed is made again. @throws CallFailure when it does not */
export async function patiently<T>(call: () => Promise<T>, { mayCall, pause }: Waiting): Promise<T> {
  for (const waitMs of waitsMs) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error) || !mayCall()) throw error;
      await pause(Math.min(longestMs, Math.max(waitMs, error.terms.retryAfterMs ?? 0)));
    }
  }
  return await call();
}

const isPassing = (error: unknown): error is CallFailure =>
  error instanceof CallFailure && (error.terms.class === 'transient' || error.terms.class === 'throttled');
