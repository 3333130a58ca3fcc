import type { Kafka } from 'kafkajs';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { readResumptions } from '../consumer/resumption-rows.js';
import type { Resumption } from '../consumer/resumption.js';
import { endsOf, keptOffsets, nameOf, partitionsOf, type Kept, type Partition } from './kafka-partitions.js';
import { withAdmin } from './kafka-topics.js';
import { PositionGone } from '../consumer/position-gone.js';

export interface KafkaPositionsOptions {
  readonly kafka: Kafka;
  readonly db: Database;
  readonly prefix: string;
  readonly group: string;
  /** The group's name in Kafka. */
  readonly groupId: string;
  /** Is this the group's first name, under which it has a place from its first message on? */
  readonly firstEpoch: boolean;
  /** Called when a position was lost and repaired automatically. */
  readonly onLost: (error: PositionLost) => void;
}

interface Move {
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint;
}

/**
 * The brokers lost the position of a group, or messages that it had not read. The group reads what they hold, and the
 * relays send the lost messages again.
 */
class PositionLost extends Error {
  constructor(consumer: string, topic: string, why: string) {
    super(`${consumer}: its position in ${topic} is lost (${why}); it reads everything that the brokers hold`);
    this.name = 'PositionLost';
  }
}

/**
 * Checks that the messages that a group has not read still exist. kafkajs does not check this: if an offset is out of
 * range it commits "the earliest" and continues. The brokers do not know it either after a loss of data. So the
 * position is also stored with the effects.
 */
export class KafkaPositions {
  /** By topic and partition: the offset that comes next. */
  private readonly next = new Map<string, bigint>();
  /** By topic and partition: where to begin instead of where the brokers say. */
  private readonly back = new Map<string, bigint>();
  /** By topic and partition. */
  private readonly resuming = new Map<string, Resumption>();
  /** What each work moves. */
  private readonly moving = new WeakMap<Work, readonly Move[]>();
  private cluster = '';

  constructor(private readonly options: KafkaPositionsOptions) {}

  /** Looks up the group's positions in the assigned partitions. @throws PositionGone */
  async assigned(partitions: Readonly<Record<string, readonly number[]>>): Promise<void> {
    this.next.clear();
    this.back.clear();
    const { db, group, prefix } = this.options;
    const kept = await keptOffsets(db, this.options.groupId);
    this.resuming.clear();
    for (const one of await readResumptions(db, [group])) this.resuming.set(nameOf(prefix + one.topic, one.log), one);
    const begun: Partition[] = [];
    await withAdmin(this.options.kafka, async (admin) => {
      this.cluster = (await admin.describeCluster()).clusterId;
      for (const told of await partitionsOf(admin, this.options.groupId, Object.keys(partitions))) {
        if (partitions[told.topic]?.includes(told.partition) !== true) continue;
        const known = kept.get(nameOf(told.topic, told.partition));
        await this.begin(told, known);
        if (known === undefined) begun.push(told);
      }
    });
    await this.keepBeginnings(begun);
  }

  /** The first position is stored, too. Otherwise nobody would notice that the first messages were deleted before the group read them. */
  private async keepBeginnings(begun: readonly Partition[]): Promise<void> {
    if (begun.length === 0) return;
    await this.options.db.query(
      `insert into kafka_place (consumer, topic, partition, next, cluster, moved)
       select $1::text, u.topic, u.partition, u.next, $5::text, false
       from unnest($2::text[], $3::int[], $4::bigint[]) u(topic, partition, next) on conflict do nothing`,
      [
        this.options.groupId,
        begun.map(({ topic }) => topic),
        begun.map(({ partition }) => partition),
        begun.map(({ topic, partition, low }) => String(this.next.get(nameOf(topic, partition)) ?? low)),
        this.cluster,
      ],
    );
  }

  /** The offset to go back to before this batch is handled; null if it follows the last one. */
  goBack(topic: string, partition: number, first: string): string | null {
    const to = this.back.get(nameOf(topic, partition));
    this.back.delete(nameOf(topic, partition));
    return to === undefined || BigInt(first) === to ? null : String(to);
  }

  /** The expected offset, if messages before this batch were deleted; null if none are missing. */
  async missing(topic: string, partition: number, first: string): Promise<string | null> {
    const expected = this.next.get(nameOf(topic, partition));
    if (expected === undefined || BigInt(first) <= expected) return null;
    const low = await withAdmin(this.options.kafka, async (admin) => (await endsOf(admin, topic)).get(partition)?.low);
    // Offsets may have gaps where a producer used transactions.
    return (low ?? 0n) > expected ? String(expected) : null;
  }

  passed(topic: string, partition: number, offset: string): void {
    this.next.set(nameOf(topic, partition), BigInt(offset) + 1n);
  }

  /** The resumption of a partition, if its position was lost and it takes what is published again. */
  resumption(topic: string, partition: number): Resumption | undefined {
    return this.resuming.get(nameOf(topic, partition));
  }

  /** A resumption came further, or is over: its partition goes on from where it ended when it began. */
  resumed(topic: string, partition: number, was: Resumption, left: Resumption | null): void {
    const name = nameOf(topic, partition);
    if (left !== null) {
      this.resuming.set(name, left);
      return;
    }
    this.resuming.delete(name);
    this.next.set(name, BigInt(was.back));
  }

  /** Stages the move to the next offset, with the effects: those of all partitions of a work with one fragment. */
  move(work: Work, topic: string, partition: number, next: bigint): void {
    const moves = this.moving.get(work) ?? [];
    this.moving.set(work, [...moves, { topic, partition, next }]);
    work.finishWith(this, () => this.stageMoves(work));
  }

  private stageMoves(work: Work): void {
    const moves = this.moving.get(work) ?? [];
    work.run(
      `insert into kafka_place (consumer, topic, partition, next, cluster, moved_at)
       select $1::text, u.*, $5::text, clock_timestamp() from unnest($2::text[], $3::int[], $4::bigint[]) u
       on conflict (consumer, topic, partition) do update
         set next = excluded.next, cluster = excluded.cluster, moved_at = excluded.moved_at, moved = true`,
      [
        this.options.groupId,
        moves.map(({ topic }) => topic),
        moves.map(({ partition }) => partition),
        moves.map(({ next }) => String(next)),
        this.cluster,
      ],
    );
  }

  gone(topic: string): PositionGone {
    return new PositionGone(this.options.group, this.nameless(topic));
  }

  /** Decides where the group continues in one partition. @throws PositionGone */
  private async begin(told: Partition, kept: Kept | undefined): Promise<void> {
    const { topic, partition, low } = told;
    // Deleted because of its age before it was read; a new topic starts at 0.
    if (kept !== undefined && kept.cluster === this.cluster && kept.next < low) throw this.gone(topic);
    const why = await this.whyNotValid(told, kept);
    if (why !== null) {
      this.options.onLost(new PositionLost(this.options.group, this.nameless(topic), why));
      this.back.set(nameOf(topic, partition), low);
      return;
    }
    this.goOn(told, kept?.next ?? told.committed);
  }

  /** @throws PositionGone */
  private goOn({ topic, partition, low, committed }: Partition, place: bigint): void {
    const name = nameOf(topic, partition);
    if (place < 0n) return;
    if (place < low) throw this.gone(topic);
    this.next.set(name, place);
    if (committed !== place) this.back.set(name, place);
  }

  private async whyNotValid(told: Partition, kept: Kept | undefined): Promise<string | null> {
    if (kept === undefined) return await this.whyUnknown(told);
    // A resumption set it. The brokers may have no offset of a group that was stopped for long.
    const resuming = kept.cluster === this.cluster && this.resuming.has(nameOf(told.topic, told.partition));
    return resuming ? null : this.whyLost(told, kept);
  }

  /** Why a stored position is not valid any more; null if it is valid. */
  private whyLost({ low, high, committed }: Partition, kept: Kept): string | null {
    if (kept.cluster !== this.cluster) return 'the brokers are another cluster than before';
    // Brokers forget the offsets of a deleted topic; a new one may hold more messages than were read of the old one.
    if (kept.moved && committed < 0n) return 'the brokers have lost its offset';
    if (!kept.moved && low < kept.next) return 'the topic was made again';
    return kept.next > high ? 'the topic holds less than was read from it' : null;
  }

  /** A group without a position that has handled messages of the topic had one: the brokers lost it. */
  private async whyUnknown({ topic, unknown }: Partition): Promise<string | null> {
    if (!unknown || !this.options.firstEpoch) return null;
    const { db, group } = this.options;
    const [known] = await db.query(`select from inbox where consumer = $1 and topic = $2 limit 1`, [
      group,
      this.nameless(topic),
    ]);
    return known === undefined ? null : 'the brokers have no offset of it, although it has handled messages';
  }

  private nameless(topic: string): string {
    return topic.slice(this.options.prefix.length);
  }
}
