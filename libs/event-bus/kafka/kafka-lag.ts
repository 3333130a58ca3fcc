import type { Admin, Kafka } from 'kafkajs';
import { groupIdOf } from './kafka-group.js';

/** The lag of consumer groups, by their committed offsets. One connection, opened at the first call. */
export class KafkaLag {
  private admin: Promise<Admin> | undefined;

  constructor(private readonly kafka: Kafka) {}

  /** Messages of all partitions after the group's offsets; 0 for a group that committed none. Rejects while the brokers are away. */
  async of(group: string, topic: string): Promise<number> {
    const admin = await this.connected();
    const groupId = await this.latest(admin, group);
    const [ends, committed] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      admin.fetchOffsets({ groupId, topics: [topic] }),
    ]);
    const offsets = new Map(
      (committed[0]?.partitions ?? [])
        .filter(({ offset }) => offset !== '-1')
        .map(({ partition, offset }) => [partition, BigInt(offset)]),
    );
    if (offsets.size === 0) return 0;
    return ends.reduce((sum, { partition, high, low }) => {
      const lag = BigInt(high) - (offsets.get(partition) ?? BigInt(low));
      return sum + Number(lag);
    }, 0);
  }

  async close(): Promise<void> {
    await this.admin?.then((admin) => admin.disconnect()).catch(() => undefined);
  }

  /** The group's name since its service's epoch rose last. */
  private async latest(admin: Admin, group: string): Promise<string> {
    let epoch = 1;
    for (const { groupId } of (await admin.listGroups()).groups) {
      if (groupId.startsWith(`${group}@`)) epoch = Math.max(epoch, Number(groupId.slice(group.length + 1)));
    }
    return groupIdOf(group, epoch);
  }

  private connected(): Promise<Admin> {
    this.admin ??= this.connect();
    return this.admin;
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin({ retry: { retries: 1 } });
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      this.admin = undefined;
      throw error;
    }
  }
}
