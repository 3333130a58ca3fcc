import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { isOutage } from '#libs/event-store/conflict.js';
import { isLink, openCheckpoint, parseVkey, type NoteVerifier } from '#libs/merkle-log/note.js';
import { SharedRun } from '#libs/system/shared-run.js';
import { appendLeaves, emptyTree, rootOf, type Frontier, type TreeNode } from '#libs/merkle-log/tree.js';
import { checkLeaf, type Damage } from './check-leaf.js';
import { CheckRows, type LeafInFull, type StoredCheckpoint } from './check-rows.query.js';
import { Checkpoints } from './checkpoints.store.js';
import { LogInconsistent, NotRecorded } from './log.errors.js';
import { LogKeys } from './log-key.store.js';
import { readHead } from './tree-head.store.js';

export interface CheckResult {
  readonly ok: boolean;
  /** Entries that were checked, from the first on. */
  readonly checked: number;
  /** The first damage in order of the log; null when there is none. */
  readonly damage: Damage | null;
}

/** Maximum of entries that are read and hashed at once. */
const chunk = 1_000;
/** Pause between two chunks in the background, in milliseconds. With it a million entries take an hour and a half. */
const everyMs = 5_000;
/** Pauses in a row in which the log may grow by a chunk or more before the check goes on beside that: a minute. */
const mostPostponed = 12;

/** Hashes the stored log again from its first entry: the database must hold what was signed. */
@Injectable()
export class LogCheck implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('audit.check');
  private timer: NodeJS.Timeout | undefined;
  private pass: LogPass;
  private found: Damage | null = null;
  /** Size of the log at the last look, and how often in a row the check gave way to its growth. */
  private readonly growth = { size: 0, postponed: 0 };
  private readonly checks = new SharedRun(() => this.checkWhole());

  constructor(
    private readonly db: Database,
    private readonly rows: CheckRows,
    private readonly keys: LogKeys,
    private readonly checkpoints: Checkpoints,
  ) {
    this.pass = new LogPass(db, rows);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.inBackground(), everyMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** The last damage that the background check found; null for none. */
  damage(): Damage | null {
    return this.found;
  }

  /** Checks the whole log, one check at a time: it reads and hashes everything. */
  whole(): Promise<CheckResult> {
    return this.checks.ask();
  }

  private async checkWhole(): Promise<CheckResult> {
    const pass = new LogPass(this.db, this.rows);
    const verifier = parseVkey((await this.keys.get()).vkey);
    for (;;) {
      const step = await pass.step(verifier);
      if (step === 'more') continue;
      const damage = step === 'end' ? await this.record() : step;
      this.note(damage);
      return { ok: damage === null, checked: pass.checked, damage };
    }
  }

  private async inBackground(): Promise<void> {
    try {
      if (await this.givesWay()) return;
      const step = await this.pass.step(parseVkey((await this.keys.get()).vkey));
      if (step === 'more') return;
      this.pass = new LogPass(this.db, this.rows);
      this.note(step === 'end' ? null : step);
    } catch (error) {
      if (!isOutage(error)) this.logger.error(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** While much is written to the log, its check would slow that down. */
  private async givesWay(): Promise<boolean> {
    const { size } = (await readHead(this.db)).frontier;
    const isGrowing = size - this.growth.size >= chunk && this.growth.postponed < mostPostponed;
    this.growth.postponed = isGrowing ? this.growth.postponed + 1 : 0;
    this.growth.size = size;
    return isGrowing;
  }

  /** Compares it with the checkpoint outside the database. */
  private async record(): Promise<Damage | null> {
    try {
      await this.checkpoints.current();
      return null;
    } catch (error) {
      if (!(error instanceof LogInconsistent) && !(error instanceof NotRecorded)) throw error;
      return { entry: null, finding: error.message };
    }
  }

  private note(damage: Damage | null): void {
    if (damage !== null && damage.finding !== this.found?.finding) this.logger.error(describeDamage(damage));
    this.found = damage;
  }
}

/** For people. */
export const describeDamage = ({ entry, finding }: Damage): string =>
  entry === null ? finding : `entry ${entry} of the log is damaged: ${finding}`;

/** Maximum of checkpoints that two processes sign at the same time. */
const recentCheckpoints = 32;

/** One check of the log, from its first entry to the last. */
export class LogPass {
  private frontier: Frontier = emptyTree;
  /** Sizes of the newest checkpoints that were read. A process that is being stopped may sign at the same time as the next one. */
  private readonly recent: number[] = [];
  /** A checkpoint that names its predecessor was read. Every later checkpoint must name its predecessor, too. */
  private linked = false;

  constructor(
    private readonly db: Database,
    private readonly rows: CheckRows,
  ) {}

  get checked(): number {
    return this.frontier.size;
  }

  /**
   * Checks the next entries that are signed; after them the others, all at once. A checkpoint of those may be stored only
   * after they were read: a check that went on behind them would miss it, and take the next one for forged.
   */
  async step(verifier: NoteVerifier): Promise<'more' | 'end' | Damage> {
    const { frontier: head, recordedAt } = await readHead(this.db);
    const signed = Math.min(await this.rows.newestSigned(), head.size);
    if (this.frontier.size < signed) return (await this.advance(signed, verifier)) ?? 'more';
    while (this.frontier.size < head.size) {
      const damage = await this.advance(head.size, verifier);
      if (damage !== null) return damage;
    }
    return await this.end(head, recordedAt);
  }

  /** Checks the next chunk, at most up to this size. */
  private async advance(limit: number, verifier: NoteVerifier): Promise<Damage | null> {
    const from = this.frontier.size;
    const to = Math.min(from + chunk, limit);
    if (from === 0 && (await this.rows.beganEmpty())) this.recent.push(0);
    const { leaves, nodes, checkpoints, holders } = await this.rows.between(from, to);
    for (let index = from; index < to; index += 1) {
      const leaf = leaves.get(index);
      const damage = leaf === undefined ? missing(index) : checkLeaf(leaf, holders);
      if (damage !== null) return damage;
      const grown = appendLeaves(this.frontier, [(leaf as LeafInFull).hash]);
      const wrong = grown.nodes.find((node) => node.level > 0 && !isStored(node, nodes));
      if (wrong !== undefined) return badNode(wrong);
      const signed = checkpoints.get(index + 1);
      const bad = signed === undefined ? null : this.checkpoint(grown.frontier, signed, verifier);
      if (bad !== null) return bad;
      this.frontier = grown.frontier;
    }
    return null;
  }

  /** Does it belong to these entries, and directly follow the one before? */
  private checkpoint(frontier: Frontier, signed: StoredCheckpoint, verifier: NoteVerifier): Damage | null {
    const { size, previous, link } = signed;
    if (!isOf(frontier, signed, verifier)) return badCheckpoint(size - 1);
    const follows = previous === null ? this.recent.length === 0 : this.recent.includes(previous);
    this.recent.push(size);
    if (this.recent.length > recentCheckpoints) this.recent.shift();
    if (link === null) return this.linked ? notLinked(size) : null;
    this.linked = true;
    if (!isLink({ size, previous }, link, verifier)) return notLinked(size);
    return follows ? null : notNext(size, previous);
  }

  private async end(head: Frontier, recordedAt: string): Promise<'end' | Damage> {
    if (this.frontier.size > head.size)
      return { entry: head.size, finding: 'the log became shorter while it was checked' };
    if (!rootOf(head).equals(rootOf(this.frontier)))
      return { entry: head.size - 1, finding: 'the head of the tree does not match its entries' };
    // The next entry is not recorded before that time.
    if (head.size > 0 && (await this.rows.recordedAt(head.size - 1)) !== recordedAt)
      return { entry: head.size - 1, finding: 'the head of the tree says another time than its newest entry' };
    const beyond = await this.rows.beyondHead();
    if (beyond === null) return 'end';
    return { entry: beyond, finding: 'it is beyond the head of the tree' };
  }
}

const missing = (entry: number): Damage => ({ entry, finding: 'it is missing' });

const isStored = ({ level, index, hash }: TreeNode, nodes: ReadonlyMap<string, Buffer>): boolean =>
  nodes.get(`${level} ${index}`)?.equals(hash) === true;

function badNode({ level, index }: TreeNode): Damage {
  const [first, last] = [index * 2 ** level, (index + 1) * 2 ** level - 1];
  return {
    entry: first,
    finding: `the entries ${first} to ${last} do not match the tree (node ${level}/${index})`,
  };
}

function badCheckpoint(entry: number): Damage {
  return { entry, finding: `the checkpoint of ${entry + 1} entries was changed, or it signs other entries` };
}

function notLinked(size: number): Damage {
  return {
    entry: size - 1,
    finding: `the checkpoint of ${size} entries does not say, signed, which one came before it: it was changed or added`,
  };
}

function notNext(size: number, previous: number | null): Damage {
  const before = previous === null ? 'was signed first' : `was signed after that of ${previous} entries`;
  return {
    entry: size - 1,
    finding: `the checkpoint of ${size} entries ${before}, and does not follow on it any more: checkpoints between were deleted or added`,
  };
}

function isOf(frontier: Frontier, { root, note }: { root: Buffer; note: string }, verifier: NoteVerifier): boolean {
  const own = rootOf(frontier);
  try {
    const signed = openCheckpoint(note, verifier);
    return signed.size === frontier.size && signed.root.equals(own) && root.equals(own);
  } catch {
    return false;
  }
}
