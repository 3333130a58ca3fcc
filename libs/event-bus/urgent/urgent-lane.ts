import type { Database } from '#libs/event-store/database.js';
import { isOutage } from '#libs/event-store/conflict.js';
import { Wakeable } from '#libs/event-store/wakeable.js';
import type { Consumer } from '../consumer/consumer.js';
import { graceMs, urgentChannel, type UrgentRow, type UrgentRows, type UrgentTable } from './urgent-rows.js';

export interface UrgentLaneOptions {
  readonly db: Database;
  readonly rows: UrgentRows;
  readonly table: UrgentTable;
  /** Whose rows. */
  readonly consumer: string;
  readonly signal: AbortSignal;
  readonly onError: (what: string, error: unknown) => void;
  /** Handles claimed rows finally, or leaves them. */
  readonly take: (rows: readonly UrgentRow[]) => Promise<void>;
}

/** Poll interval in case a notification is lost. */
const pollMs = 1_000;
const retryMs = 250;
const pageSize = 100;

/** Claims messages that the ordinary way leaves for too long, page by page, until it is stopped. */
export async function runUrgentLane(options: UrgentLaneOptions): Promise<void> {
  const { db, table, consumer, signal, onError } = options;
  const pauses = new Wakeable(signal);
  const off = db.notifier.on(urgentChannel(table), () => pauses.wake());
  try {
    while (!signal.aborted) {
      await takePage(options, pauses).catch(async (error: unknown) => {
        if (!isOutage(error)) onError(`${consumer}: urgent messages wait`, error);
        await pauses.wait(retryMs);
      });
    }
  } finally {
    off();
  }
}

async function takePage({ rows, consumer, take }: UrgentLaneOptions, pauses: Wakeable): Promise<void> {
  pauses.listen();
  const claimed = await rows.claim(consumer, pageSize);
  if (claimed.length > 0) await take(claimed);
  else await pauses.waitUnlessWoken(pollMs).then(() => pauses.wait(graceMs));
}

/** Gives claimed rows to a consumer, with the same inbox as the ordinary way. */
export function takeUrgent(rows: UrgentRows, consumer: Consumer): UrgentLaneOptions['take'] {
  const { group } = consumer.subscription;
  return async (claimed) => {
    await consumer.take(
      claimed.map(({ message }) => message),
      {
        move: (work) => rows.finish(work, group, claimed),
        ours: () => rows.ours(group, claimed),
        beat: () => Promise.resolve(),
      },
    );
  };
}
