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

  set(instant: string): void {
    this.instant = new Date(instant).toISOString();
    for (const listener of this.listeners) listener();
  }

  /** @param ms may be negative: clocks of machines do step back */
  advance(ms: number): void {
    this.set(new Date(Date.parse(this.instant) + ms).toISOString());
  }

  override onJump(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
