import type { Admin, Kafka } from 'kafkajs';
import { PlaceGone } from './place-gone.js';

export interface KafkaPlacesOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly group: string;
  /** The group's name in Kafka. */
  readonly groupId: string;
}

/**
 * Tells whether what a group has not read yet is still there. kafkajs does not: where an offset is out of range it commits
 * "the earliest" and goes on as if nothing was missing.
 */
export class KafkaPlaces {
  /** By topic and partition: the offset that comes next. */
  private readonly next = new Map<string, bigint>();

  constructor(private readonly options: KafkaPlacesOptions) {}

  /** Looks up where the group stands in what was assigned to this member. @throws PlaceGone */
  async assigned(partitions: Readonly<Record<string, readonly number[]>>): Promise<void> {
    const { groupId } = this.options;
    this.next.clear();
    await this.asked(async (admin) => {
      const committed = await admin.fetchOffsets({ groupId, topics: Object.keys(partitions) });
      for (const { topic, partitions: places } of committed) {
        const lows = await lowsOf(admin, topic);
        for (const { partition, offset } of places) {
          if (partitions[topic]?.includes(partition) !== true) continue;
          const low = lows.get(partition) ?? 0n;
          const place = BigInt(offset);
          // A group that never committed begins at what there is; "the earliest" is what kafkajs commits out of range.
          if (place === neverCommitted) continue;
          if (place < low) throw this.gone(topic);
          if (place >= 0n) this.next.set(`${topic}/${partition}`, place);
        }
      }
    });
  }

  /** The offset that should have come, if what lay between was deleted; null if nothing is missing. */
  async missing(topic: string, partition: number, first: string): Promise<string | null> {
    const expected = this.next.get(`${topic}/${partition}`);
    if (expected === undefined || BigInt(first) <= expected) return null;
    const low = await this.asked(async (admin) => (await lowsOf(admin, topic)).get(partition) ?? 0n);
    // Offsets may have holes, where a producer used transactions.
    return low > expected ? String(expected) : null;
  }

  passed(topic: string, partition: number, offset: string): void {
    this.next.set(`${topic}/${partition}`, BigInt(offset) + 1n);
  }

  gone(topic: string): PlaceGone {
    return new PlaceGone(this.options.group, topic.slice(this.options.prefix.length));
  }

  private async asked<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.options.kafka.admin({ retry: { retries: 3 } });
    await admin.connect();
    try {
      return await question(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

const neverCommitted = -1n;

async function lowsOf(admin: Admin, topic: string): Promise<Map<number, bigint>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(offsets.map(({ partition, low }) => [partition, BigInt(low)]));
}
