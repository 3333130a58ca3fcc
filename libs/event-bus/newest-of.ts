import { isAfter } from './consumer/consumer-state.js';
import type { PublicMessage } from './message.js';

/**
 * Of a batch of messages that carry state, the newest of each thing: by version and not by place, because a message may
 * arrive again after a newer one.
 */
export function newestOf<Body extends object>(
  batch: readonly PublicMessage<Body>[],
  keyOf: (message: PublicMessage<Body>) => string,
): PublicMessage<Body>[] {
  const newest = new Map<string, PublicMessage<Body>>();
  for (const message of batch) {
    const known = newest.get(keyOf(message));
    if (known === undefined || isAfter(message, known)) newest.set(keyOf(message), message);
  }
  return [...newest.values()];
}
