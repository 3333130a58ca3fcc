import type { Admin } from 'kafkajs';
import type { Database } from '#libs/event-store/database.js';

/** A position that was stored with the effects. */
export interface Kept {
  readonly next: bigint;
  readonly cluster: string;
  /** False where the group began and no message has come since. */
  readonly moved: boolean;
}

/** The brokers' data of one partition. */
export interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
  /** -1 for a group that never committed, or whose offsets the brokers lost. */
  readonly committed: bigint;
  /** Do the brokers know no offset of the group in any partition of the topic? */
  readonly unknown: boolean;
}

const neverCommitted = -1n;
export const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** The positions that a group stored with its effects, by topic and partition. */
export async function keptOffsets(db: Database, groupId: string): Promise<Map<string, Kept>> {
  const rows = await db.query<{
    topic: string;
    partition: number;
    next: string;
    cluster: string;
    moved: boolean;
  }>(`select topic, partition, next, cluster, moved from kafka_place where consumer = $1`, [groupId]);
  return new Map(
    rows.map(({ topic, partition, next, cluster, moved }) => [
      nameOf(topic, partition),
      { next: BigInt(next), cluster, moved },
    ]),
  );
}

/** What the brokers hold of the partitions of these topics, and know of the group in them. */
export async function partitionsOf(admin: Admin, groupId: string, topics: readonly string[]): Promise<Partition[]> {
  const told: Partition[] = [];
  for (const { topic, partitions: places } of await admin.fetchOffsets({ groupId, topics: [...topics] })) {
    const ends = await endsOf(admin, topic);
    const offsets = new Map(places.map(({ partition, offset }) => [partition, BigInt(offset)]));
    for (const [partition, { low, high }] of ends) {
      const committed = offsets.get(partition) ?? neverCommitted;
      told.push({ topic, partition, low, high, committed, unknown: places.every(({ offset }) => offset === '-1') });
    }
  }
  return told;
}

export async function endsOf(admin: Admin, topic: string): Promise<Map<number, { low: bigint; high: bigint }>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]));
}
