import { Clock } from './clock.js';

/** A clock that stands still until it is set; a caller that waits for a time is woken by it. */
export class TestClock extends Clock {
  private readonly listeners = new Set<() => void>();

  constructor(private instant = '2026-03-02T09:00:00.000Z') {
    super();
  }

  override now(): string {
    return this.instant;
  }

  /** @throws RangeError for an instant before the present one */
  set(instant: string): void {
    if (Date.parse(instant) < Date.parse(this.instant))
      throw new RangeError(
        `it is ${this.instant} already, ${instant} is over: a test that sets the clock back hides its order`,
      );
    this.jumpTo(Date.parse(instant));
  }

  advance(ms: number): void {
    this.set(new Date(Date.parse(this.instant) + ms).toISOString());
  }

  /** For tests of what the product does when the clock of a machine steps back. */
  stepBack(ms: number): void {
    this.jumpTo(Date.parse(this.instant) - ms);
  }

  private jumpTo(ms: number): void {
    this.instant = new Date(ms).toISOString();
    for (const listener of this.listeners) listener();
  }

  override onJump(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
