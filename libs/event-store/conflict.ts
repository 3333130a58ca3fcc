/**
 * Another process wrote first: a stream's version is taken, an expected row was not there, or the database could not
 * serialise the transaction (SQLSTATE 23505, 40001, 40P01, HB001). Load, decide and commit again.
 */
export class ConcurrencyConflict extends Error {
  readonly retryable = true;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConcurrencyConflict';
  }
}

/** How often a decision is repeated after a conflict. */
const attempts = 8;

/**
 * Runs one load, decide and commit; after a conflict again from the start.
 * @throws whatever `once` throws; ConcurrencyConflict after eight conflicts
 */
export async function decideAgainOnConflict<T>(once: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof ConcurrencyConflict) || attempt >= attempts) throw error;
    }
  }
}

/** The lease was lost: its former holder must write nothing more and start again. */
export class LeaseLost extends Error {
  readonly retryable = false;
  constructor(readonly lease: string) {
    super(`lease ${lease} is held by another process`);
    this.name = 'LeaseLost';
  }
}

const conflicts = new Set(['23505', '40001', '40P01', 'HB001']);

/** SQLSTATE of a PostgreSQL error, or null for anything else. */
export function sqlState(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** Turns the database's conflict errors into the two errors above; passes other errors on. */
export function asConflict(error: unknown): unknown {
  const state = sqlState(error);
  if (state === 'HB002') return new LeaseLost(error instanceof Error ? error.message : '');
  if (state !== null && conflicts.has(state)) {
    return new ConcurrencyConflict(error instanceof Error ? error.message : state, { cause: error });
  }
  return error;
}

/** SQLSTATE of a statement that took longer than the server lets it (`statement_timeout`): it did nothing. */
export const tooSlow = '57014';
/** Errors of connection, resources, shut-down and system; refused log-ins; a former primary that is read-only since a failover. */
const outageStates = /^(08|28|3D000|53|57014|57P|58|25006)/;
/** Network errors of a server that is moving or not started yet. */
const outageCodes = new Set(
  'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT ENOENT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ENETDOWN'.split(
    ' ',
  ),
);

/**
 * Can the database not be reached, or does it not answer (as opposed to refusing this statement)? Such failures are
 * retried and park nothing. It is unknown whether a statement without an answer was carried out.
 */
export function isOutage(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== null && (outageStates.test(state) || outageCodes.has(state))) return true;
  if (!(error instanceof Error)) return false;
  if (
    /Connection terminated|connection timeout|read timeout|timeout exceeded when trying to connect|Client was closed|not queryable|after calling end/i.test(
      error.message,
    )
  )
    return true;
  return error.cause === undefined ? false : isOutage(error.cause);
}
