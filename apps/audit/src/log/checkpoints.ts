import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { isOutage } from '#libs/event-store/conflict.js';
import { signCheckpoint } from '#libs/merkle-log/note.js';
import { planConsistency, rootOf, verifyConsistency } from '#libs/merkle-log/tree.js';
import { Clock } from '#libs/service-kit/clock.js';
import { LogInconsistent } from './log.errors.js';
import { LogKeys } from './log-key.store.js';
import { prove } from './node-hashes.query.js';
import { readHead } from './tree-head.store.js';

/** A root the log has put its name to. */
export interface SignedCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  /** C2SP signed note. */
  readonly note: string;
}

/** While leaves come, a checkpoint at most this often, in milliseconds. */
const everyMs = 1_000;

/** Signs the tree as it stands: every second while it grows, and whenever somebody asks. */
@Injectable()
export class Checkpoints implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('audit.checkpoints');
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private signing: Promise<SignedCheckpoint> | undefined;

  constructor(
    private readonly db: Database,
    private readonly keys: LogKeys,
    private readonly clock: Clock,
  ) {}

  /** The key is made with the first start, and leaves left unsigned by a crash are signed. */
  async onApplicationBootstrap(): Promise<void> {
    await this.keys.get();
    this.grown();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** There are new leaves. */
  grown(): void {
    if (this.stopped) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.current().catch((error: unknown) => {
        this.logger.error(error instanceof Error ? error : new Error(String(error)));
        if (isOutage(error)) this.grown();
      });
    }, everyMs).unref();
  }

  /** Over all leaves of this moment; signed now unless it was before. @throws LogInconsistent */
  async current(): Promise<SignedCheckpoint> {
    // Those who ask while one is being signed may have seen a leaf it lacks: they wait for the next.
    const before = this.signing;
    const mine = (async () => {
      await before?.catch(() => undefined);
      return await this.sign();
    })();
    this.signing = mine;
    try {
      return await mine;
    } finally {
      if (this.signing === mine) this.signing = undefined;
    }
  }

  /** The signed checkpoint of that size, if there is one. */
  async at(size: number): Promise<SignedCheckpoint | null> {
    return (await this.read(`where size = $1::bigint`, [size])) ?? null;
  }

  private async sign(): Promise<SignedCheckpoint> {
    const last = await this.read(`order by size desc limit 1`);
    const { frontier } = await readHead(this.db);
    const head = { size: frontier.size, root: rootOf(frontier) };
    if (last !== undefined) {
      if (last.size === head.size && last.root.equals(head.root)) return last;
      await this.refuseInconsistent(last, head);
    }
    const { origin, signer } = await this.keys.get();
    const note = signCheckpoint({ origin, ...head }, signer);
    await this.db.query(
      `insert into signed_checkpoint (size, root, note, signed_at) values ($1::bigint, $2::bytea, $3, $4::timestamptz) on conflict do nothing`,
      [head.size, head.root, note, this.clock.now()],
    );
    return { ...head, note };
  }

  /** A log must never sign what contradicts an earlier checkpoint (C2SP tlog-checkpoint). */
  private async refuseInconsistent(last: SignedCheckpoint, head: { size: number; root: Buffer }): Promise<void> {
    const consistent =
      last.size < head.size &&
      verifyConsistency(last, head, await prove(this.db, planConsistency(last.size, head.size)));
    if (consistent) return;
    throw new LogInconsistent(
      `the log no longer continues its checkpoint of ${last.size} entries: it was changed; nothing is signed`,
      { signedSize: last.size, size: head.size },
    );
  }

  private async read(where: string, params: readonly unknown[] = []): Promise<SignedCheckpoint | undefined> {
    const [row] = await this.db.query<{ size: string; root: Buffer; note: string }>(
      `select size, root, note from signed_checkpoint ${where}`,
      params,
    );
    return row === undefined ? undefined : { size: Number(row.size), root: row.root, note: row.note };
  }
}
