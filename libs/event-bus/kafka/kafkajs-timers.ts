import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
  mended?: true;
}

/**
 * kafkajs 2.2.4 looks for waiting requests again and again although none waits: each connection wakes the process every
 * millisecond without end, by a timer of minus several decades that Node 24 also warns of (kafkajs issue 1751,
 * unmended). Adding to the queue starts the check anyway, so it runs only while something waits.
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
