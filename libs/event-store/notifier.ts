/**
 * Wakes readers after a commit. In one process a ring is a function call; between processes it is one NOTIFY for all
 * rings of a few milliseconds (a NOTIFY inside each append costs two thirds of the throughput: a global lock at commit).
 * A lost ring costs latency only: readers poll as well, and after a lost connection everybody is rung.
 */
export class Notifier {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly pending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** @param tellOthers sends the gathered bell names to other processes; absent when there are none */
  constructor(private tellOthers?: (channels: readonly string[]) => Promise<void>) {}

  /** Rings for everyone, here at once and elsewhere within `coalesceMs`. */
  notify(channel: string): void {
    this.notifyLocal(channel);
    if (this.tellOthers === undefined) return;
    this.pending.add(channel);
    this.timer ??= setTimeout(() => this.flush(), coalesceMs);
  }

  /** A ring that came from another process. */
  notifyLocal(channel: string): void {
    for (const listener of this.listeners.get(channel) ?? []) listener();
  }

  /** Rings of other processes may have been missed: everybody looks. */
  notifyAllLocal(): void {
    for (const channel of this.listeners.keys()) this.notifyLocal(channel);
  }

  /** Calls `listener` on every ring until the returned function is called. */
  on(channel: string, listener: () => void): () => void {
    const set = this.listeners.get(channel) ?? new Set();
    set.add(listener);
    this.listeners.set(channel, set);
    return () => set.delete(listener);
  }

  connect(tellOthers: (channels: readonly string[]) => Promise<void>): void {
    this.tellOthers = tellOthers;
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    delete this.tellOthers;
  }

  private flush(): void {
    this.timer = undefined;
    const channels = [...this.pending];
    this.pending.clear();
    this.tellOthers?.(channels).catch(() => {
      // The poll of the other processes finds what this ring would have told.
    });
  }
}

const coalesceMs = 3;
