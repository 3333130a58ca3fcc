/** How long a client may take, and how many connections it may have. */
export interface ClientLimits {
  /** From the first byte of a request, or the opening of the connection, to the end of its headers. Milliseconds. */
  readonly headersMs: number;
  /** A body that is slower than `bodyBytesPerSecond` for this time is ended. Milliseconds. */
  readonly bodyMs: number;
  readonly bodyBytesPerSecond: number;
  /** A kept connection without a request. Milliseconds. */
  readonly idleMs: number;
  /** A connection on which nothing comes and nothing is taken, also while a request is handled. Milliseconds. */
  readonly silenceMs: number;
  readonly connectionsPerAddress: number;
}
