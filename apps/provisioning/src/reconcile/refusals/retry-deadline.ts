/** How long something is tried again by itself, in milliseconds: then a person must look. */
export const retryDeadlineMs = 24 * 3_600_000;

export interface Retried {
  /** Failed attempts in a row, with this one. */
  readonly attempts: number;
  /** When the first of them failed; null for none. */
  readonly sinceMs: number | null;
  readonly nowMs: number;
  /** Fewer are too few to say anything: the application may have been away. */
  readonly most: number;
}

/** Was it tried often enough, and for long enough? An application that was away for days is not a day of attempts. */
export function isPastDeadline({ attempts, sinceMs, nowMs, most }: Retried): boolean {
  return sinceMs !== null && attempts >= most && nowMs - sinceMs >= retryDeadlineMs;
}
