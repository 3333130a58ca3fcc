import { isOutage, LeaseLost } from './conflict.js';
import type { RecordedFact } from './core.js';
import { beginning, type EventStore, type LogPosition, type StoredPage } from './event-store.js';
import type { Lease } from './lease.js';
import { Wakeable } from './wakeable.js';
import type { Work } from './work.js';

export interface FollowerOptions {
  /** Name of its checkpoint. */
  readonly name: string;
  /** Largest page; 500 unless given. */
  readonly pageSize?: number;
  /** Poll interval in case a notification is lost, in milliseconds; default 500. */
  readonly pollMs?: number;
  /** Only its holder reads; every checkpoint is written under it. */
  readonly lease?: Lease;
  /**
   * A page may be handled again: its checkpoint is committed asynchronously, and while the next page is handled. After a crash, and
   * after a database lost its memory, the last pages come again.
   */
  readonly repeatable?: boolean;
  /** Stages effects into `work`, which also moves the checkpoint; effects outside it may be repeated after a crash. */
  readonly handle: (facts: readonly RecordedFact[], work: Work, next: LogPosition) => Promise<void>;
  /** Called with every failure; the page is read and handled again after `retryMs`. */
  readonly onError: (error: unknown) => void;
}

const retryMs = 250;
/** Wait times for a fact that becomes visible when an older transaction ends. */
const soonMs = { first: 1, last: 25 } as const;

/** Follows the store's global order from its checkpoint; sees each fact once unless the process dies before the commit. */
export class Follower {
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private move: { readonly place: LogPosition; readonly also: (work: Work) => void } | undefined;
  private readonly pauses = new Wakeable(this.stopping.signal);
  /** After the last fact that was handled; undefined: the checkpoint tells. */
  private place: LogPosition | undefined;
  /** The page after the one that is handled, being read. */
  private ahead: { readonly after: LogPosition; readonly page: Promise<StoredPage> } | undefined;
  /** The commit of the page before, while the next one is handled. */
  private committing: Promise<void> = Promise.resolve();
  /** The next wait for an open transaction, in milliseconds. */
  private soonFor: number = soonMs.first;

  constructor(
    private readonly store: EventStore,
    private readonly options: FollowerOptions,
  ) {}

  /** Continues from another position after the current page. @param also stages further changes with the move */
  moveTo(place: LogPosition, also: (work: Work) => void = () => undefined): void {
    this.move = { place, also };
    this.pauses.wake();
  }

  start(): void {
    const off = this.store.onNotify(() => this.pauses.wake());
    this.running = this.loop().finally(off);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** How long the first fact after the checkpoint has waited; 0 for none. */
  async lagSeconds(): Promise<number> {
    const { epoch, tx, position } = await this.checkpoint();
    const [first] = await this.store.db.query<{ seconds: number }>(
      `select extract(epoch from clock_timestamp() - recorded_at)::float8 as seconds from events
       where (epoch, tx, position) > ($1::int, $2::xid8, $3::bigint) order by epoch, tx, position limit 1`,
      [epoch, tx, position],
    );
    return Math.max(0, first?.seconds ?? 0);
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if (await this.holdsLease()) await this.followPage();
        else await this.pauses.wait(retryMs);
      } catch (error) {
        await this.committing.catch(() => undefined);
        this.committing = Promise.resolve();
        this.place = undefined;
        this.report(error);
        await this.pauses.wait(retryMs);
      }
    }
    await this.committing.catch((error: unknown) => this.report(error));
  }

  private report(error: unknown): void {
    if (!(error instanceof LeaseLost) && !isOutage(error)) this.options.onError(error);
  }

  /** Where another process may have followed meanwhile, the position is read again. */
  private async holdsLease(): Promise<boolean> {
    const { lease } = this.options;
    if (lease === undefined || lease.held) return true;
    this.place = undefined;
    return await lease.acquire();
  }

  private async followPage(): Promise<void> {
    if (this.move !== undefined) this.place = await this.moved(this.move);
    const place = (this.place ??= await this.checkpoint());
    this.pauses.listen();
    const page = await (this.ahead?.after === place ? this.ahead.page : this.read(place));
    // What comes next is read while this page is handled.
    this.ahead = page.then === 'more' ? { after: page.next, page: this.read(page.next) } : undefined;
    this.ahead?.page.catch(() => undefined);
    if (page.facts.length > 0) {
      await this.handle(page.facts, page.next);
      this.place = page.next;
      this.soonFor = soonMs.first;
    }
    if (page.then !== 'more' || this.options.repeatable !== true) await this.committing;
    await this.pauseAfter(page);
  }

  private async pauseAfter({ then }: StoredPage): Promise<void> {
    if (then === 'soon') {
      await this.pauses.wait(this.soonFor);
      this.soonFor = Math.min(soonMs.last, this.soonFor * 2);
    }
    if (then === 'end') await this.pauses.waitUnlessWoken(this.options.pollMs ?? 500);
  }

  private read(after: LogPosition): Promise<StoredPage> {
    return this.store.read(after, this.options.pageSize ?? 500);
  }

  private async handle(facts: readonly RecordedFact[], next: LogPosition): Promise<void> {
    const work = this.store.work();
    await this.options.handle(facts, work, next);
    // Checkpoints are written in the order of their pages.
    await this.committing;
    this.committing = this.commit(work, next);
    // It is awaited before the next commit.
    this.committing.catch(() => undefined);
  }

  private async moved(move: NonNullable<typeof this.move>): Promise<LogPosition> {
    await this.committing;
    const work = this.store.work();
    move.also(work);
    await this.commit(work, move.place);
    if (this.move === move) this.move = undefined;
    return move.place;
  }

  private async commit(work: Work, next: LogPosition): Promise<void> {
    if (this.options.lease !== undefined) work.under(this.options.lease);
    if (this.options.repeatable === true) work.commitAsynchronously();
    work.run(
      `insert into checkpoint (reader, epoch, tx, position) values ($1, $2::int, $3::xid8, $4::bigint)
       on conflict (reader) do update set epoch = excluded.epoch, tx = excluded.tx, position = excluded.position`,
      [this.options.name, next.epoch, next.tx, next.position],
    );
    await work.commit();
  }

  /** Its position; the beginning before the first page. */
  async checkpoint(): Promise<LogPosition> {
    const [row] = await this.store.db.query<{ epoch: number; tx_text: string; position: string }>(
      `select epoch, tx::text as tx_text, position from checkpoint where reader = $1`,
      [this.options.name],
    );
    return row === undefined ? beginning : { epoch: row.epoch, tx: row.tx_text, position: row.position };
  }
}
