import type { Kafka } from 'kafkajs';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import type { LastMove } from '../consumer/consumer-state.js';
import {
  positionsOf,
  readResumptions,
  resumptionsAt,
  stageResumptions,
  type LostPosition,
} from '../consumer/resumption-rows.js';
import type { Resumption } from '../consumer/resumption.js';
import type { ReaderPosition, Subscription } from '../event-bus.port.js';
import { groupIdOf } from './kafka-group.js';
import { keptOffsets, nameOf, partitionsOf, type Kept, type Partition } from './kafka-partitions.js';
import { withAdmin } from './kafka-topics.js';

type Reader = Pick<Subscription, 'group' | 'topics'>;

/** How a begin is stored. */
interface Begin {
  readonly newWork: () => Work;
  readonly also: (work: Work, begun: readonly ReaderPosition[]) => void;
}

/** Finds groups that have lost their position in a partition, and sets it again. */
export class KafkaResumptions {
  private cluster = '';

  constructor(
    private readonly kafka: Kafka,
    private readonly db: Database,
    private readonly prefix: string,
    private readonly epoch: number,
  ) {}

  async positions(readers: readonly Reader[]): Promise<ReaderPosition[]> {
    const [lost, resuming] = await Promise.all([
      this.lost(readers),
      readResumptions(
        this.db,
        readers.map(({ group }) => group),
      ),
    ]);
    return positionsOf(
      readers.flatMap(({ group, topics }) => topics.map((topic) => ({ group, topic }))),
      lost,
      resuming,
    );
  }

  /** Lost positions go to the end of their partitions, and take what is published again for `id` first. */
  async begin(readers: readonly Reader[], id: string, { newWork, also }: Begin): Promise<void> {
    const lost = await this.lost(readers);
    if (lost.length === 0) return;
    const begun = await resumptionsAt(this.db, id, lost);
    const work = newWork();
    this.setOffsets(work, begun);
    stageResumptions(work, begun);
    const topics = [...new Map(lost.map(({ group, topic }) => [nameOf(group, 0) + topic, { group, topic }])).values()];
    also(work, positionsOf(topics, [], begun));
    await work.commit();
  }

  /** When the positions of these groups moved last in any partition of each topic. */
  async lastMoves(groups: readonly string[]): Promise<LastMove[]> {
    return await this.db.query<LastMove>(
      `select g.name as consumer, substr(k.topic, $3::int + 1) as topic, max(k.moved_at)::text as at
       from unnest($1::text[], $2::text[]) g(name, id) join kafka_place k on k.consumer = g.id group by 1, 2`,
      [groups, groups.map((group) => this.idOf(group)), this.prefix.length],
    );
  }

  private async lost(readers: readonly Reader[]): Promise<LostPosition[]> {
    const lost: LostPosition[] = [];
    const moves = await this.lastMoves(readers.map(({ group }) => group));
    await withAdmin(this.kafka, async (admin) => {
      this.cluster = (await admin.describeCluster()).clusterId;
      for (const { group, topics } of readers) {
        const kept = await keptOffsets(this.db, this.idOf(group));
        const names = topics.map((topic) => this.prefix + topic);
        for (const told of await partitionsOf(admin, this.idOf(group), names)) {
          if (!this.isLost(told, kept.get(nameOf(told.topic, told.partition)))) continue;
          const topic = told.topic.slice(this.prefix.length);
          const movedAt = moves.find((move) => move.consumer === group && move.topic === topic)?.at ?? null;
          lost.push({ group, topic, log: told.partition, movedAt, back: String(told.high) });
        }
      }
    });
    return lost;
  }

  /** Were messages after the position deleted? A position of other brokers says nothing of these. */
  private isLost({ low, committed }: Partition, kept: Kept | undefined): boolean {
    if (kept === undefined) return committed >= 0n && committed < low;
    return kept.cluster === this.cluster && kept.next < low;
  }

  private setOffsets(work: Work, begun: readonly Resumption[]): void {
    work.run(
      `insert into kafka_place (consumer, topic, partition, next, cluster)
       select u.*, $5::text from unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) u
       on conflict (consumer, topic, partition) do update
         set next = excluded.next, cluster = excluded.cluster, moved = true`,
      [
        begun.map(({ group }) => this.idOf(group)),
        begun.map(({ topic }) => this.prefix + topic),
        begun.map(({ log }) => log),
        begun.map(({ back }) => back),
        this.cluster,
      ],
    );
  }

  private idOf(group: string): string {
    return groupIdOf(this.prefix + group, this.epoch);
  }
}
