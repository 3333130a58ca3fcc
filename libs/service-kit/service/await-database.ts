import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage, sqlState } from '#libs/event-store/conflict.js';

/** The role that a service works as is not there, or who logs in may not act as it. */
const roleCodes: ReadonlySet<string> = new Set(['22023', '42501']);
/** Pause between two attempts, in milliseconds. */
const pauseMs = 1_000;

/** Why a start failed, if the database is the reason: it cannot be reached, refuses the log-in, or is not migrated. Null for any other failure. */
export function whyNoDatabase(error: unknown): string | null {
  const code = sqlState(error) ?? '';
  if (error instanceof Error && (error.name === 'NotMigrated' || roleCodes.has(code)))
    return `${error.message}: run npm run hub -- migrate with DATABASE_OWNER_URL first`;
  if (isOutage(error))
    return `the database cannot be reached (${code === '' ? 'connection lost' : code}): see DATABASE_URL`;
  return null;
}

interface Waiting {
  /** START_WAIT, in seconds. */
  readonly seconds: number;
  readonly stopping?: AbortSignal;
  /** Called with each new reason to wait. */
  onWait(why: string): void;
}

/** Runs `start`, again while the database is the reason that it fails and the time is not over. @throws its last failure */
export async function awaitingDatabase<T>(start: () => Promise<T>, { seconds, stopping, onWait }: Waiting): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  let said = '';
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const why = whyNoDatabase(error);
      if (why === null || performance.now() + pauseMs > deadline) throw error;
      if (why !== said) onWait(why);
      said = why;
      await sleep(pauseMs, undefined, stopping === undefined ? {} : { signal: stopping });
    }
  }
}
