/** What a caller should do about a failed call. */
export type FailureClass =
  /** Try again later, with backoff. */
  | 'transient'
  /** Wait `retryAfterMs` with the whole connector. */
  | 'throttled'
  /** The credentials are refused: stop the connector. */
  | 'auth'
  /** The application will never accept this: a person must look. */
  | 'validation'
  /** There is no resource of that id. */
  | 'gone'
  /** The application says it has that already: look it up and match. */
  | 'conflict'
  /** Answered 2xx, but a reading shows otherwise. */
  | 'silent-failure';

export interface FailureTerms {
  readonly class: FailureClass;
  /** Stable, for programs: `timeout`, `reset`, `throttled`, `unavailable`, `unreadable-answer`, `unreachable`, … */
  readonly code: string;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** The call may have taken effect, now or a little later: look before repeating it. */
  readonly effectUnknown: boolean;
  /** What `Retry-After` asked for; null when it asked for nothing. */
  readonly retryAfterMs: number | null;
  /** Milliseconds after which this call is tried again at the latest. Other calls do not wait. */
  readonly pastInMs?: number;
  /** Accepted, and not done yet: the application tells with this what became of it. Then `pastInMs` says when to ask. */
  readonly ticket?: string;
  /** The application's own words. Personal: they may quote what was sent. */
  readonly detail: string;
}

/** A call to an application failed. `message` holds nothing personal and no secret; `detail` may. */
export class CallFailure extends Error {
  constructor(
    readonly terms: FailureTerms,
    options?: ErrorOptions,
  ) {
    super(`${terms.code}${terms.status === null ? '' : ` (${terms.status})`}`, options);
    this.name = 'CallFailure';
  }
}

/** The application knows no resource of that id. */
export function isGone(error: unknown): error is CallFailure {
  return error instanceof CallFailure && error.terms.class === 'gone';
}

/** A reading after a change failed: the change was answered with success, so what failed says nothing of its effect. */
export function afterChange(error: unknown): unknown {
  if (!(error instanceof CallFailure) || error.terms.class === 'gone') return error;
  return new CallFailure({ ...error.terms, effectUnknown: true }, { cause: error });
}
