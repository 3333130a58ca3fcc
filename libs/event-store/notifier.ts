/**
 * Notifies readers after a commit. In one process a notification is a function call; between processes it is one NOTIFY
 * for all notifications of a few milliseconds (a NOTIFY inside each append costs two thirds of the throughput: a global
 * lock at commit). A lost notification costs only time: readers also poll, and after a lost connection all are
 * notified.
 */
export class Notifier {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly pending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** @param tellOthers sends the collected channel names to other processes; absent if there are none */
  constructor(private tellOthers?: (channels: readonly string[]) => Promise<void>) {}

  /** Notifies all listeners: in this process at once, in others within `coalesceMs`. */
  notify(channel: string): void {
    this.notifyLocal(channel);
    if (this.tellOthers === undefined) return;
    this.pending.add(channel);
    this.timer ??= setTimeout(() => this.flush(), coalesceMs);
  }

  /** A notification from another process. */
  notifyLocal(channel: string): void {
    for (const listener of this.listeners.get(channel) ?? []) listener();
  }

  /** Notifications of other processes may be lost: all listeners look. */
  notifyAllLocal(): void {
    for (const channel of this.listeners.keys()) this.notifyLocal(channel);
  }

  /** Calls `listener` at every notification until the returned function is called. */
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
      // Other processes find the change by polling.
    });
  }
}

const coalesceMs = 3;
