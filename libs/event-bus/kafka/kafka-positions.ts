import type { Admin, Kafka } from 'kafkajs';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
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

interface Kept {
  readonly next: bigint;
  readonly cluster: string;
}

/** The brokers' data of one partition. */
interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
  /** -1 for a group that never committed, or whose offsets the brokers lost. */
  readonly committed: bigint;
  /** Do the brokers know no offset of the group in any partition of the topic? */
  readonly unknown: boolean;
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
  private cluster = '';

  constructor(private readonly options: KafkaPositionsOptions) {}

  /** Looks up the group's positions in the assigned partitions. @throws PositionGone */
  async assigned(partitions: Readonly<Record<string, readonly number[]>>): Promise<void> {
    this.next.clear();
    this.back.clear();
    const kept = await this.kept();
    await withAdmin(this.options.kafka, async (admin) => {
      this.cluster = (await admin.describeCluster()).clusterId;
      for (const told of await this.partitionsOf(admin, partitions)) {
        const name = nameOf(told.topic, told.partition);
        await this.begin(told, kept.get(name));
      }
    });
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
    // Offsets may have holes, where a producer used transactions.
    return (low ?? 0n) > expected ? String(expected) : null;
  }

  passed(topic: string, partition: number, offset: string): void {
    this.next.set(nameOf(topic, partition), BigInt(offset) + 1n);
  }

  /** Stages the move past an offset, with the effects. */
  move(work: Work, topic: string, partition: number, offset: string): void {
    work.run(
      `insert into kafka_place (consumer, topic, partition, next, cluster) values ($1, $2, $3::int, $4::bigint + 1, $5)
       on conflict (consumer, topic, partition) do update set next = excluded.next, cluster = excluded.cluster`,
      [this.options.groupId, topic, partition, offset, this.cluster],
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
    const why = kept === undefined ? await this.whyUnknown(told) : this.whyLost(told, kept);
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

  /** Why a stored position is not valid any more; null if it is valid. */
  private whyLost({ high, committed }: Partition, kept: Kept): string | null {
    // Brokers forget the offsets of a deleted topic; a new one may hold more messages than were read of the old one.
    if (committed < 0n) return 'the brokers have lost its offset';
    if (kept.cluster !== this.cluster) return 'the brokers are another cluster than before';
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

  private async kept(): Promise<Map<string, Kept>> {
    const rows = await this.options.db.query<{ topic: string; partition: number; next: string; cluster: string }>(
      `select topic, partition, next, cluster from kafka_place where consumer = $1`,
      [this.options.groupId],
    );
    return new Map(rows.map((r) => [nameOf(r.topic, r.partition), { next: BigInt(r.next), cluster: r.cluster }]));
  }

  private async partitionsOf(
    admin: Admin,
    partitions: Readonly<Record<string, readonly number[]>>,
  ): Promise<Partition[]> {
    const { groupId } = this.options;
    const told: Partition[] = [];
    for (const { topic, partitions: places } of await admin.fetchOffsets({
      groupId,
      topics: Object.keys(partitions),
    })) {
      const ends = await endsOf(admin, topic);
      const offsets = new Map(places.map(({ partition, offset }) => [partition, BigInt(offset)]));
      for (const partition of partitions[topic] ?? []) {
        const { low, high } = ends.get(partition) ?? { low: 0n, high: 0n };
        const committed = offsets.get(partition) ?? neverCommitted;
        told.push({ topic, partition, low, high, committed, unknown: places.every(({ offset }) => offset === '-1') });
      }
    }
    return told;
  }

  private nameless(topic: string): string {
    return topic.slice(this.options.prefix.length);
  }
}

const neverCommitted = -1n;
const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

async function endsOf(admin: Admin, topic: string): Promise<Map<number, { low: bigint; high: bigint }>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]));
}
