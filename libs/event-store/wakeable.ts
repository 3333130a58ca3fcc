/** A pause that others can end: by `wake`, or by the abort of the signal. */
export class Wakeable {
  private wakeNow: () => void = () => undefined;
  private woken = false;

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.wakeNow(), { once: true });
  }

  /** Ends the current pause, or lets the next `waitUnlessWoken` return at once. */
  wake(): void {
    this.woken = true;
    this.wakeNow();
  }

  /** Forgets earlier calls of `wake`; call it before looking for work. */
  listen(): void {
    this.woken = false;
  }

  /** Waits for `ms`, or until `wake` is called after the last `listen`. */
  async waitUnlessWoken(ms: number): Promise<void> {
    if (!this.woken) await this.wait(ms);
  }

  /** Waits for `ms`, also if `wake` was called before. */
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
