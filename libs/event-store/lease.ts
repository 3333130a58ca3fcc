import type { Database } from './database.js';
import type { Fragment } from './statement.js';

/** How long a lease holds without renewal, in milliseconds. */
const leaseMs = 10_000;
/** How often a held lease is renewed. */
const renewMs = 2_000;

/**
 * The right of one process to do a job alone: a relay, a sequencer, a connector's worker. Every write under it is
 * fenced, so a former holder writes nothing, however late it wakes up.
 */
export class Lease {
  private epoch = 0;
  private validUntil = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    readonly name: string,
    /** Unique to this process and purpose. */
    private readonly holder: string,
    /** Monotonic milliseconds. */
    private readonly monotonic: () => number = () => performance.now(),
  ) {}

  /** Held, by our own clock? False as soon as it lapsed, even when nobody took it. */
  get held(): boolean {
    return this.epoch > 0 && this.monotonic() < this.validUntil;
  }

  /**
   * Tries to acquire it if it is free, expired or ours, or with `force` from any holder: the hub does this because its
   * predecessor is dead. Starts the renewal.
   */
  async acquire({ force = false }: { force?: boolean } = {}): Promise<boolean> {
    const asked = this.monotonic();
    const rows = await this.db.query<{ epoch: number }>(
      `insert into lease as l (name, epoch, holder, expires_at)
       values ($1, 1, $2, clock_timestamp() + $3 * interval '1 millisecond')
       on conflict (name) do update set epoch = l.epoch + 1, holder = excluded.holder, expires_at = excluded.expires_at
       where l.expires_at < clock_timestamp() or l.holder = excluded.holder or $4
       returning epoch`,
      [this.name, this.holder, leaseMs, force],
    );
    const epoch = rows[0]?.epoch;
    if (epoch === undefined) return false;
    this.epoch = epoch;
    this.validUntil = asked + leaseMs;
    this.timer ??= setInterval(() => void this.renew(), renewMs).unref();
    return true;
  }

  /** Releases it, so that the next process need not wait. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    const epoch = this.epoch;
    this.epoch = 0;
    if (epoch > 0) {
      await this.db.query(`update lease set expires_at = 'epoch' where name = $1 and epoch = $2`, [this.name, epoch]);
    }
  }

  /**
   * Read in the transaction of every write: FOR KEY SHARE lets renewals pass and makes a takeover (which changes the
   * key column `epoch`) wait until that write is committed.
   */
  fence(): Fragment {
    return {
      sql: `select 1 from lease where name = $1 and epoch = $2::int and holder = $3 for key share`,
      params: [this.name, this.epoch, this.holder],
      rows: 1,
      state: 'HB002',
      what: this.name,
    };
  }

  private async renew(): Promise<void> {
    const asked = this.monotonic();
    try {
      const rows = await this.db.query(
        `update lease set expires_at = clock_timestamp() + $4 * interval '1 millisecond'
         where name = $1 and epoch = $2 and holder = $3 returning 1`,
        [this.name, this.epoch, this.holder, leaseMs],
      );
      if (rows.length === 1) this.validUntil = asked + leaseMs;
      else this.epoch = 0;
    } catch {
      // Not renewed: `held` turns false by itself when the time is over.
    }
  }
}
