import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { isOutage } from '#libs/event-store/conflict.js';
import { signCheckpoint, signLink } from '#libs/merkle-log/note.js';
import { planConsistency, rootOf, verifyConsistency } from '#libs/merkle-log/tree.js';
import { Clock } from '#libs/system/clock.js';
import { RequestProblem } from '#libs/problems/problem.js';
import { CannotStart } from '#libs/service-kit/service/cannot-start.js';
import { CheckpointRecord } from './checkpoint-record.store.js';
import { LogInconsistent, NotRecorded } from './log.errors.js';
import { LogKeys } from './log-key.store.js';
import { prove } from './node-hashes.query.js';
import { readHead } from './tree-head.store.js';
import { WitnessSilent } from './witness.process.js';

/** A root that the log has signed. */
export interface SignedCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  /** C2SP signed note, with the cosignatures of witnesses. */
  readonly note: string;
}

/** The log differs from what was signed last, or this cannot be checked. The service does not start. */
class LogRefused extends CannotStart {}

/** Minimum time between two checkpoints, in milliseconds. */
const everyMs = 1_000;
/** Maximum of attempts to sign a log that grew during the signing. */
const attempts = 5;

/** The whole log at one moment. */
interface Head {
  readonly size: number;
  readonly root: Buffer;
}

/**
 * Signs the current tree: every second while it grows, and on each request. A checkpoint is published after it is
 * stored outside the database. Until then the former one is the newest.
 */
@Injectable()
export class Checkpoints implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('audit.checkpoints');
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private signing: Promise<SignedCheckpoint> | undefined;
  /** Size of the newest checkpoint that was kept outside the database since the start; null before the first. */
  private kept: number | null = null;
  /** Why nothing is signed; null while it is. */
  private refusal: string | null = null;

  constructor(
    private readonly db: Database,
    private readonly keys: LogKeys,
    private readonly clock: Clock,
    private readonly record: CheckpointRecord,
  ) {}

  /**
   * Creates the key at the first start, and signs leaves that a crash left unsigned. The start does not wait for a
   * witness.
   * @throws LogRefused
   */
  async onApplicationBootstrap(): Promise<void> {
    const { vkey } = await this.keys.get();
    this.record.keepKey(vkey);
    try {
      await this.current();
    } catch (error) {
      if (error instanceof LogInconsistent || error instanceof NotRecorded)
        throw new LogRefused(`cannot start: ${error.message}`);
      if (!(error instanceof NothingSigned)) throw error;
    }
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
      this.queued().catch((error: unknown) => {
        if (this.isFirstReport(error)) this.logger.error(error instanceof Error ? error : new Error(String(error)));
        if (isOutage(error) || error instanceof WitnessSilent) this.grown();
      });
    }, everyMs).unref();
  }

  /** Why the newest entries are not signed, for people; null while they are. */
  unsigned(): string | null {
    return this.refusal;
  }

  /**
   * The checkpoint of all current leaves. While no witness answers, the newest stored one.
   * @throws LogInconsistent
   * @throws NotRecorded
   * @throws NothingSigned
   */
  async current(): Promise<SignedCheckpoint> {
    try {
      return await this.queued();
    } catch (error) {
      if (!(error instanceof WitnessSilent)) throw error;
      if (this.isFirstReport(error)) this.logger.error(error);
      const newest = await this.read(`order by size desc limit 1`);
      if (newest === undefined) throw new NothingSigned(error.message);
      return newest;
    }
  }

  /** The signed checkpoint of that size, if there is one. */
  async at(size: number): Promise<SignedCheckpoint | null> {
    return (await this.read(`where size = $1::bigint`, [size])) ?? null;
  }

  private async queued(): Promise<SignedCheckpoint> {
    // A caller that asks during signing may have seen a newer leaf: it waits for the next checkpoint.
    const before = this.signing;
    const mine = (async () => {
      await before?.catch(() => undefined);
      return await this.sign();
    })();
    this.signing = mine;
    try {
      const signed = await mine;
      this.refusal = null;
      return signed;
    } finally {
      if (this.signing === mine) this.signing = undefined;
    }
  }

  /** True if this differs from the last report. */
  private isFirstReport(error: unknown): boolean {
    const words = error instanceof Error ? error.message : String(error);
    const isNew = this.refusal !== words;
    this.refusal = words;
    return isNew;
  }

  /**
   * Signs the whole log. If another process had a longer log witnessed after this process read the length, the present length is signed.
   */
  private async sign(): Promise<SignedCheckpoint> {
    for (let attempt = 1; ; attempt += 1) {
      const last = await this.read(`order by size desc limit 1`);
      const { frontier } = await readHead(this.db);
      try {
        return await this.signHead(last, { size: frontier.size, root: rootOf(frontier) });
      } catch (error) {
        if (!(error instanceof LogInconsistent) || attempt === attempts) throw error;
        if ((await readHead(this.db)).frontier.size === frontier.size) throw error;
      }
    }
  }

  private async signHead(last: SignedCheckpoint | undefined, head: Head): Promise<SignedCheckpoint> {
    const unchanged = last !== undefined && last.size === head.size && last.root.equals(head.root);
    if (unchanged && this.kept === head.size) return last;
    if (last !== undefined && !unchanged) await this.refuseInconsistent(last, head);
    const { origin, signer, vkey } = await this.keys.get();
    const note = signCheckpoint({ origin, ...head }, signer);
    const cosignatures = await this.record.take({ size: head.size, note }, vkey);
    this.kept = head.size;
    if (unchanged) return last;
    const previous = last?.size ?? null;
    const link = signLink({ size: head.size, previous }, signer);
    await this.db.query(
      `insert into signed_checkpoint (size, root, note, signed_at, previous, link)
       values ($1::bigint, $2::bytea, $3, $4::timestamptz, $5::bigint, $6::bytea) on conflict do nothing`,
      [head.size, head.root, note + cosignatures, this.clock.now(), previous, link],
    );
    return { ...head, note: note + cosignatures };
  }

  /** A log must never sign a tree that contradicts an earlier checkpoint (C2SP tlog-checkpoint). */
  private async refuseInconsistent(last: SignedCheckpoint, head: Head): Promise<void> {
    const consistent =
      last.size < head.size &&
      verifyConsistency(last, head, await prove(this.db, planConsistency(last.size, head.size)));
    if (consistent) return;
    throw new LogInconsistent(
      `the log of ${head.size} entries does not continue its checkpoint of ${last.size} entries. Somebody changed it. Nothing is signed`,
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

/** 503: no checkpoint has been stored outside the database yet. */
class NothingSigned extends RequestProblem {
  constructor(detail: string) {
    super(503, 'log.not_witnessed', detail);
  }
}
