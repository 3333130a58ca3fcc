import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '#libs/event-store/database.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Lease } from '#libs/event-store/lease.js';

/** How long a batch waits for the lease before it is tried again from the start, in milliseconds. */
const timeoutMs = 5_000;
const retryMs = 200;

/** Not a fault of the message: the bus treats it as an outage, and waits while the other process runs. */
export class LogWrittenElsewhere extends Error {
  /** SQLSTATE cannot_connect_now. */
  readonly code = '57P03';
  constructor() {
    super('another process writes the log');
    this.name = 'LogWrittenElsewhere';
  }
}

/** The right of one process to number entries. Its writes are fenced, so a former holder cannot write. */
export class SequencerLease {
  private readonly lease: Lease;
  private taking: Promise<void> | undefined;

  /** @param takeOver the former holder is known to have ended: take its lease at once */
  constructor(
    db: Database,
    private takeOver: boolean,
  ) {
    this.lease = new Lease(db, 'audit.sequencer', uuidv7());
  }

  /** Batches at the same time share one acquisition. @throws LogWrittenElsewhere while another process holds it */
  async hold(): Promise<Lease> {
    if (!this.lease.held) {
      this.taking ??= this.take().finally(() => (this.taking = undefined));
      await this.taking;
    }
    return this.lease;
  }

  async release(): Promise<void> {
    await this.lease.release();
  }

  private async take(): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!(await this.lease.acquire({ force: this.takeOver }))) {
      if (performance.now() > deadline) throw new LogWrittenElsewhere();
      await wait(retryMs);
    }
    this.takeOver = false;
  }
}
