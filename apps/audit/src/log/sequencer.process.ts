import { Injectable } from '@nestjs/common';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { makeLeaf } from '#libs/merkle-log/leaf.js';
import { appendLeaves } from '#libs/merkle-log/tree.js';
import { Clock } from '#libs/system/clock.js';
import { randomBytesFromPool } from '#libs/system/random-pool.js';
import { bareEntryOf, entryOf, type Entry } from './entry.js';
import { LeafParts } from './leaf-parts.store.js';
import { stageHolders, stageLeaves, stageNodes, type NumberedLeaf } from './leaf.store.js';
import { SequencerLease } from './sequencer-lease.process.js';
import { moveHead, readHeadAnd } from './tree-head.store.js';

const saltBytes = 32;

type EntryFor = (message: PublicMessage, recordedAt: string) => Entry;

/**
 * Gives each event its index in the log, once: contiguous from 0, in order of arrival. Two sequencers cannot fork the
 * log: the lease fences a former holder, and the head moves only from the size that was read.
 */
@Injectable()
export class Sequencer {
  constructor(
    private readonly db: Database,
    private readonly parts: LeafParts,
    private readonly clock: Clock,
    private readonly lease: SequencerLease,
  ) {}

  /** Stages the leaves of events that have none. Three reads and one statement, whatever the size of the batch. */
  async append(batch: readonly PublicMessage[], work: Work): Promise<number> {
    return await this.write(batch, work, entryOf);
  }

  /** Stages a leaf for a message without its body, with the reason. */
  async substitute(message: PublicMessage, reason: string, work: Work): Promise<number> {
    return await this.write([message], work, (of, recordedAt) => bareEntryOf(of, reason, recordedAt));
  }

  private async write(batch: readonly PublicMessage[], work: Work, entryFor: EntryFor): Promise<number> {
    const lease = await this.lease.hold();
    const { head, known } = await readHeadAnd(
      this.db,
      batch.map(({ id }) => id),
    );
    const fresh = unknownOf(batch, known);
    if (fresh.length === 0) return 0;
    const recordedAt = laterOf(this.clock.now(), head.recordedAt);
    const leaves = fresh.map((message, place) => numbered(entryFor(message, recordedAt), head.frontier.size + place));
    const { frontier, nodes } = appendLeaves(
      head.frontier,
      leaves.map(({ leaf }) => leaf.hash),
    );
    work.under(lease);
    moveHead(work, head.frontier, frontier, recordedAt);
    stageLeaves(work, leaves);
    stageNodes(work, nodes);
    stageHolders(work, leaves);
    await this.parts.stage(
      work,
      leaves.flatMap(({ index, leaf }) => leaf.parts.map((part) => ({ ...part, index }))),
    );
    work.finishWith(this, () => crashPoint('audit.before-commit'));
    work.onCommitted(() => crashPoint('audit.after-commit'));
    return leaves.length;
  }
}

/** Later than every former batch, also if the clock goes back: "as known at" an instant separates two batches. */
function laterOf(now: string, before: string): string {
  return now > before ? now : new Date(Date.parse(before) + 1).toISOString();
}

function numbered(entry: Entry, index: number): NumberedLeaf {
  return { index, entry, leaf: makeLeaf(entry, () => randomBytesFromPool(saltBytes)) };
}

/** A message may arrive again: later, twice in one batch, or as a copy on another topic. */
function unknownOf(batch: readonly PublicMessage[], known: ReadonlySet<string>): PublicMessage[] {
  const seen = new Set(known);
  return batch.filter(({ id, type }) => {
    const name = `${id.toLowerCase()} ${type}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
