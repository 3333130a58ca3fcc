import type { Caller } from '#libs/auth/caller.js';
import type { Cause } from '#libs/event-store/core.js';
import { uuidv7 } from '#libs/event-store/ids.js';

/** A chain of effects that begins with somebody's call. */
export function causeOf({ actor }: Caller): Cause {
  return { actor, correlationId: uuidv7(), causationId: null };
}
