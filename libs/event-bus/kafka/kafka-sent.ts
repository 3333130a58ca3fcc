import type { Admin } from 'kafkajs';
import { keptForEver } from '#libs/contracts/topics.js';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import type { Sent } from './kafka-producer.js';

interface SentRow {
  readonly topic: string;
  readonly partition: number;
  readonly next: string;
  readonly cluster: string;
}

/** The row that says that sent offsets are recorded. */
const counted: Sent = { topic: '', partition: 0, next: 0n };

/** The offsets that the relay's topics have reached, stored with its checkpoint. The checkpoint says only that messages were sent. */
export class KafkaSent {
  /** By topic and partition, of this process, stored or not. */
  private readonly last = new Map<string, bigint>();

  constructor(
    private readonly db: Database,
    private readonly prefix: string,
  ) {}

  /** Do these offsets follow all earlier ones? Offsets of a partition only rise. */
  follows(sent: readonly Sent[]): boolean {
    return sent.every(({ topic, partition, next }) => next > (this.last.get(nameOf(topic, partition)) ?? 0n));
  }

  /** Stages that the brokers of a cluster hold at least this. */
  stage(work: Work, sent: readonly Sent[], cluster: string): void {
    const furthest = new Map<string, Sent>();
    for (const one of sent) {
      const name = nameOf(one.topic, one.partition);
      if ((furthest.get(name)?.next ?? 0n) < one.next) furthest.set(name, one);
    }
    if (furthest.size === 0) return;
    const rows = [counted, ...furthest.values()];
    furthest.forEach(({ next }, name) => this.last.set(name, next));
    work.run(
      `insert into kafka_sent as k (topic, partition, next, cluster)
       select u.*, $4::text from unnest($1::text[], $2::int[], $3::bigint[]) u
       on conflict (topic, partition) do update set next = excluded.next, cluster = excluded.cluster`,
      [rows.map((r) => r.topic), rows.map((r) => r.partition), rows.map((r) => String(r.next)), cluster],
    );
  }

  /** Stages that nothing is known any more: everything is sent again. */
  forget(work: Work, cluster: string): void {
    work.run(`delete from kafka_sent where topic <> $1`, [counted.topic]);
    work.run(
      `insert into kafka_sent (topic, partition, next, cluster) values ($1, 0, 0, $2)
       on conflict (topic, partition) do update set cluster = excluded.cluster`,
      [counted.topic, cluster],
    );
    work.onCommitted(() => this.last.clear());
  }

  /**
   * Why sent messages are missing; null if they are not.
   * @param made topics that were missing just now
   */
  async lost(admin: Admin, cluster: string, made: readonly string[]): Promise<string | null> {
    const rows = await this.db.query<SentRow>('select topic, partition, next, cluster from kafka_sent');
    const other = rows.find((row) => row.cluster !== cluster);
    if (other !== undefined) return `the brokers are another cluster (${cluster}) than before (${other.cluster})`;
    const missing = rows.find(({ topic }) => made.includes(topic));
    if (missing !== undefined) return `the topic ${missing.topic} was missing`;
    const toTopics = rows.filter(({ topic }) => topic !== counted.topic);
    for (const [topic, partitions] of Map.groupBy(toTopics, (row) => row.topic)) {
      const ends = new Map(
        (await admin.fetchTopicOffsets(this.prefix + topic)).map((o) => [o.partition, BigInt(o.high)]),
      );
      const short = partitions.find(({ partition, next }) => (ends.get(partition) ?? 0n) < BigInt(next));
      if (short !== undefined) return `the topic ${topic} holds less than was sent to it`;
    }
    return null;
  }

  /** Is something among it that its topic never deletes? True when that is not known. */
  async neverEnds(): Promise<boolean> {
    const [row] = await this.db.query<{ whole: boolean }>(
      `select not exists (select from kafka_sent) or exists (select from kafka_sent where topic = any($1::text[])) as whole`,
      [keptForEver],
    );
    return row?.whole ?? true;
  }

  /** Did the relay of a version without this record send to topics that are empty now? */
  async neverCounted(admin: Admin, made: readonly string[], topics: readonly string[]): Promise<boolean> {
    const [row] = await this.db.query<{ sent: boolean }>(
      `select exists (select from checkpoint where reader = 'relay') and not exists (select from kafka_sent) as sent`,
    );
    if (row?.sent !== true) return false;
    if (made.length > 0) return true;
    for (const topic of topics) {
      const offsets = await admin.fetchTopicOffsets(this.prefix + topic);
      if (offsets.some(({ high }) => high !== '0')) return false;
    }
    return true;
  }
}

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;
