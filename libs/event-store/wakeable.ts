/** A pause that others may end: by waking it, or by stopping for good. */
export class Wakeable {
  private wakeNow: () => void = () => undefined;
  private woken = false;

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.wakeNow(), { once: true });
  }

  /** Ends the pause under way, or lets the next `rest` return at once. */
  wake(): void {
    this.woken = true;
    this.wakeNow();
  }

  /** Forgets earlier rings; call before looking for what they told of. */
  listen(): void {
    this.woken = false;
  }

  /** Waits for `ms`, or until rung since the last `listen`. */
  async waitUnlessWoken(ms: number): Promise<void> {
    if (!this.woken) await this.wait(ms);
  }

  /** Waits for `ms`, rung or not. */
  async wait(ms: number): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeNow = () => undefined;
  }
}
