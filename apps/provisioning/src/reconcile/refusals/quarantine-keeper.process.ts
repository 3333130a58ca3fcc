import type { KeptQuarantine } from './quarantine.js';
import type { QuarantineRows } from './quarantines.store.js';

/** Stores each change of a quarantine, one after the other. */
export class QuarantineKeeper {
  private written: Promise<void> = Promise.resolve();

  constructor(
    private readonly connector: { readonly id: string; readonly version: number },
    private readonly rows: QuarantineRows,
    private readonly onError: (error: unknown) => void,
  ) {}

  keep(kept: KeptQuarantine | null): void {
    const { id, version } = this.connector;
    this.written = this.written.then(() => this.rows.keep(id, version, kept)).catch(this.onError);
  }

  /** Resolves once nothing is under way. */
  get over(): Promise<void> {
    return this.written;
  }
}
