import type { Consumer as KafkaConsumer } from 'kafkajs';

/**
 * Tells the brokers how far a member has come, one request at a time: what is noted while one is under way goes with the
 * next, and no batch waits for it. The place that counts is committed with the effects; after a crash the brokers' offset
 * may be a little older, which costs a second look at some messages.
 */
export class KafkaOffsets {
  private readonly noted = new Map<
    string,
    { readonly topic: string; readonly partition: number; readonly next: bigint }
  >();
  private telling: Promise<void> | undefined;

  constructor(private readonly client: Pick<KafkaConsumer, 'commitOffsets'>) {}

  /** @param next the offset that comes next */
  note(topic: string, partition: number, next: bigint): void {
    this.noted.set(`${topic}/${partition}`, { topic, partition, next });
    this.telling ??= this.tell().finally(() => (this.telling = undefined));
  }

  /** Resolves when the brokers know all that was noted, or would not hear of it. */
  async told(): Promise<void> {
    while (this.telling !== undefined) await this.telling;
  }

  private async tell(): Promise<void> {
    while (this.noted.size > 0) {
      const offsets = [...this.noted.values()].map(({ topic, partition, next }) => ({
        topic,
        partition,
        offset: String(next),
      }));
      this.noted.clear();
      // Brokers that refuse have given the partition to another member, which goes on from the place in the database.
      await this.client.commitOffsets(offsets).catch(() => undefined);
    }
  }
}
