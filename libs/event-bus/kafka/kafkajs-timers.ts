import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
  mended?: true;
}

/**
 * kafkajs 2.2.4 checks for waiting requests even if there are none: each connection wakes the process every millisecond,
 * with a negative timeout of which Node 24 warns (kafkajs issue 1751, open). Adding to the queue starts the check
 * anyway, so here it runs only while a request waits.
 */
export function fixTimers(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue;
  };
  if (prototype.mended === true) return;
  prototype.mended = true;
  const schedule = Reflect.get(prototype, 'scheduleCheckPendingRequests');
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}
