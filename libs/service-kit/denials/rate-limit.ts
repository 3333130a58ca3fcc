/** Limit of remembered kinds: further kinds share one counter. */
const maxKinds = 1_000;

/** Passes a number of events of one kind in a time window, and counts the others. */
export class RateLimit {
  private readonly windows = new Map<string, { readonly until: number; taken: number; held: number }>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly most: number,
    private readonly windowMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Null: do not record this one. Otherwise the number of events of the kind that were not recorded since the last recorded one. */
  take(kind: string): number | null {
    const now = this.now();
    const known = this.windows.get(kind);
    if (known === undefined && this.windows.size >= maxKinds) this.forget(now);
    const name = known !== undefined || this.windows.size < maxKinds ? kind : '';
    const window = this.windows.get(name);
    if (window === undefined || window.until <= now) {
      this.windows.set(name, { until: now + this.windowMs, taken: 1, held: 0 });
      return window?.held ?? 0;
    }
    if (window.taken >= this.most) {
      window.held += 1;
      return null;
    }
    window.taken += 1;
    return 0;
  }

  private forget(now: number): void {
    for (const [kind, { until, held }] of this.windows) if (until <= now && held === 0) this.windows.delete(kind);
  }
}
