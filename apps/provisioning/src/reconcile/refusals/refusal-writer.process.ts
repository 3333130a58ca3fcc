import type { Refusals } from './refusals.js';
import type { RefusalRows } from './refusals.store.js';

/** Stores changes of refused calls, one write at a time. If a kind changes again in the meantime, only the newest state is stored. */
export class RefusalWriter {
  private readonly pending = new Set<string>();
  private writing: Promise<void> | null = null;

  constructor(
    private readonly connector: string,
    private readonly rows: RefusalRows,
    private readonly kept: Refusals['kept'],
    private readonly onError: (error: unknown) => void,
  ) {}

  note(call: string): void {
    this.pending.add(call);
    this.writing ??= this.write()
      .catch(this.onError)
      .finally(() => (this.writing = null));
  }

  /** Resolves once nothing is under way. */
  get over(): Promise<void> {
    return this.writing ?? Promise.resolve();
  }

  private async write(): Promise<void> {
    for (const call of this.pending) {
      this.pending.delete(call);
      await this.rows.keep(this.connector, call, this.kept(call));
    }
  }
}
