import type { Consumer as KafkaConsumer } from 'kafkajs';

/**
 * Reports the offsets of a member to the brokers, one request at a time. Offsets noted during a request are sent with
 * the next one, and no batch waits for it. The position that counts is committed with the effects. After a crash the
 * offset of the brokers may be a little older: then some messages are read twice.
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

  /** Resolves when the brokers have all noted offsets, or refused them. */
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
      // The brokers refuse after they gave the partition to another member, which continues from the position in the database.
      await this.client.commitOffsets(offsets).catch(() => undefined);
    }
  }
}
