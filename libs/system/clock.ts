/** Time as a port: all code of the hub reads the time here. */
export abstract class Clock {
  /** The present instant, ISO 8601 in UTC with milliseconds. */
  abstract now(): string;

  /** Calls `listener` when time jumps, as only a test's clock does; returns how to stop listening. */
  onJump(_listener: () => void): () => void {
    return () => undefined;
  }
}

export class SystemClock extends Clock {
  private last = { ms: Number.NaN, text: '' };

  /** A batch asks many times within a millisecond: the text is made once for it. */
  override now(): string {
    const ms = Date.now();
    if (ms !== this.last.ms) this.last = { ms, text: new Date(ms).toISOString() };
    return this.last.text;
  }
}
