/**
 * Wakes readers after a commit. In one process a ring is a function call; between processes it is one NOTIFY for all
 * rings of a few milliseconds (a NOTIFY inside each append costs two thirds of the throughput: a global lock at commit).
 * A lost ring costs latency only: readers poll as well, and after a lost connection everybody is rung.
 */
export class Doorbell {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly pending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** @param tellOthers sends the gathered bell names to other processes; absent when there are none */
  constructor(private tellOthers?: (bells: readonly string[]) => Promise<void>) {}

  /** Rings for everyone, here at once and elsewhere within `coalesceMs`. */
  ring(bell: string): void {
    this.ringHere(bell);
    if (this.tellOthers === undefined) return;
    this.pending.add(bell);
    this.timer ??= setTimeout(() => this.flush(), coalesceMs);
  }

  /** A ring that came from another process. */
  ringHere(bell: string): void {
    for (const listener of this.listeners.get(bell) ?? []) listener();
  }

  /** Rings of other processes may have been missed: everybody looks. */
  ringAllHere(): void {
    for (const bell of this.listeners.keys()) this.ringHere(bell);
  }

  /** Calls `listener` on every ring until the returned function is called. */
  on(bell: string, listener: () => void): () => void {
    const set = this.listeners.get(bell) ?? new Set();
    set.add(listener);
    this.listeners.set(bell, set);
    return () => set.delete(listener);
  }

  connect(tellOthers: (bells: readonly string[]) => Promise<void>): void {
    this.tellOthers = tellOthers;
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    delete this.tellOthers;
  }

  private flush(): void {
    this.timer = undefined;
    const bells = [...this.pending];
    this.pending.clear();
    this.tellOthers?.(bells).catch(() => {
      // The poll of the other processes finds what this ring would have told.
    });
  }
}

const coalesceMs = 3;
