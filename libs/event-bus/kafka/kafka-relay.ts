import type { Kafka } from 'kafkajs';
import { keptForEver, personalRetentionDays, topics, type Topic } from '#libs/contracts/topics.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { beginning, type EventStore, type LogPosition } from '#libs/event-store/event-store.js';
import { Follower } from '#libs/event-store/follower.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Lease } from '#libs/event-store/lease.js';
import { positionAt } from '#libs/event-store/position-at.js';
import type { Work } from '#libs/event-store/work.js';
import type { KafkaProducer } from './kafka-producer.js';
import { KafkaSent } from './kafka-sent.js';
import { ensureTopics, withAdmin } from './kafka-topics.js';
import type { PublicMessage, Published } from '../message.js';
import { relayName, type UrgentRows } from '../urgent/urgent-rows.js';

export interface KafkaRelayOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly partitions: number | undefined;
  readonly store: EventStore;
  readonly producer: KafkaProducer;
  readonly published: Published<RecordedFact>;
  readonly urgent: UrgentRows;
  readonly takeLeases: boolean;
  readonly onError: (what: string, error: unknown) => void;
}

/** What must be sent again: with `whole` also the topics whose messages are never deleted, otherwise only from `since` on. */
interface SendAgain {
  readonly since: string;
  readonly whole: boolean;
  readonly begun: boolean;
  /** The position up to which facts were sent; null before the first. */
  readonly until: LogPosition | null;
}

/** The brokers lost messages that they had confirmed. */
class BrokersLost extends Error {
  constructor(why: string) {
    super(`${why}: the lost messages are sent again from the store`);
    this.name = 'BrokersLost';
  }
}

/** Small pages, so that a hire during an import waits for few other messages. */
const pageSize = 200;
/** How often the relay checks that the brokers hold what it sent, and whether a republication is requested. */
const checkMs = 5_000;
const lostAgainMs = 1_000;

/**
 * Follows the store's order and publishes the messages of its facts. Each service has one relay at a time; its
 * checkpoint moves after the brokers have the page. Consumers drop a page that is published twice, or late by a former
 * holder of the lease. The store decides what was said: messages that the brokers lost are sent again before new ones.
 */
export class KafkaRelay {
  private readonly lease: Lease;
  private readonly follower: Follower;
  private readonly sent: KafkaSent;
  private cluster = '';
  private checkedAt = Number.NEGATIVE_INFINITY;
  private again: SendAgain | null | undefined;
  private checking: NodeJS.Timeout | undefined;

  constructor(private readonly options: KafkaRelayOptions) {
    const { store, prefix, onError } = options;
    this.lease = new Lease(store.db, 'relay', uuidv7());
    this.sent = new KafkaSent(store.db, prefix);
    this.follower = new Follower(store, {
      name: 'relay',
      pageSize,
      lease: this.lease,
      repeatable: true,
      handle: (facts, work, next) => this.publish(facts, work, next),
      onError: (error) => onError('the relay could not publish and tries again', error),
    });
  }

  async start(): Promise<void> {
    const { takeLeases, onError } = this.options;
    if (takeLeases) {
      await this.lease
        .acquire({ force: true })
        .catch((error: unknown) => onError('the relay waits for the end of its lease', error));
    }
    this.follower.start();
    this.checking = setInterval(() => void this.checkPeriodically(), checkMs).unref();
  }

  /** How long the oldest fact has waited that was not published yet. */
  lagSeconds(): Promise<number> {
    return this.follower.lagSeconds();
  }

  /** Requests that the relay sends everything again that was recorded since an instant. */
  async request(since: string, whole = false): Promise<void> {
    await this.options.store.db.query(
      `insert into relay_again as r (since, whole) values ($1::timestamptz, $2)
       on conflict (single) do update set since = least(r.since, excluded.since), whole = r.whole or excluded.whole, begun = false`,
      [since, whole],
    );
    await this.begin();
  }

  /** The brokers were away: before the next send the relay checks that they still hold what was sent. */
  requireCheck(): void {
    this.checkedAt = Number.NEGATIVE_INFINITY;
  }

  async stop(): Promise<void> {
    clearInterval(this.checking);
    await this.follower.stop();
    await this.lease.release();
  }

  private async publish(facts: readonly RecordedFact[], work: Work, next: LogPosition): Promise<void> {
    const { producer, urgent } = this.options;
    await this.checkIfStale();
    const messages = await this.wanted(facts, work, next);
    const sent = messages.length === 0 ? [] : await producer.send(messages);
    if (!this.sent.follows(sent)) {
      // The offsets show it. New messages may already have filled the topic up to its former end.
      await this.requestAll();
      throw new BrokersLost('a topic started again at offset 0');
    }
    this.sent.stage(work, sent, this.cluster);
    urgent.overtaken(work, relayName, messages);
    crashPoint('relay.after-publish');
  }

  /** Selects the messages to send: of repeated ones only what their topic would still hold. */
  private async wanted(facts: readonly RecordedFact[], work: Work, next: LogPosition): Promise<PublicMessage[]> {
    const messages = facts.flatMap((fact) => this.options.published(fact));
    this.again ??= await this.readAgain();
    const again = this.again;
    if (again === null || !again.begun || again.until === null) return messages;
    if (!isBefore(next, again.until)) {
      work.run('delete from relay_again where begun');
      work.onCommitted(() => (this.again = null));
    }
    return messages.filter(({ topic, time }) => time >= again.since || keptForEver.includes(topic as Topic));
  }

  /**
   * Checks the brokers if the connection was lost, so that lost messages are sent before new ones.
   * @throws BrokersLost
   */
  private async checkIfStale(): Promise<void> {
    const fresh = this.options.producer.connected && performance.now() - this.checkedAt < 2 * checkMs;
    if (!fresh) await this.checkBrokers();
  }

  private async checkPeriodically(): Promise<void> {
    if (!this.lease.held) return;
    try {
      await this.begin();
      await this.checkBrokers();
    } catch (error) {
      if (error instanceof BrokersLost) this.options.onError('relay', error);
    }
  }

  /** @throws BrokersLost after it requested a republication */
  private async checkBrokers(): Promise<void> {
    const why = await this.whyLost();
    if (why === null) {
      this.checkedAt = performance.now();
      return;
    }
    await this.requestAll();
    throw new BrokersLost(why);
  }

  /** Requests that everything is sent again which its topic would still hold. */
  private async requestAll(): Promise<void> {
    const since = new Date(performance.timeOrigin + performance.now() - personalRetentionDays * dayMs).toISOString();
    await this.request(since, await this.sent.neverEnds());
  }

  private async whyLost(): Promise<string | null> {
    const { kafka, prefix, partitions } = this.options;
    return await withAdmin(kafka, async (admin) => {
      const made = await ensureTopics(admin, prefix, partitions);
      const { clusterId } = await admin.describeCluster();
      this.cluster = clusterId;
      const lost = await this.sent.lost(admin, clusterId, made);
      if (lost !== null && !lost.startsWith('the topic')) return lost;
      if (lost === null) {
        const uncounted = await this.sent.neverCounted(admin, made, Object.values(topics));
        return uncounted ? 'topics that the relay has sent to are empty' : null;
      }
      // A new leader may report a lower offset for a moment.
      await new Promise((resolve) => setTimeout(resolve, lostAgainMs));
      return made.length > 0 ? lost : await this.sent.lost(admin, clusterId, made);
    });
  }

  /** Starts a requested republication. */
  private async begin(): Promise<void> {
    const again = await this.readAgain();
    if (again === null || again.begun || !this.lease.held) return;
    const { db } = this.options.store;
    const stands = await this.follower.checkpoint();
    const until = again.until !== null && isBefore(stands, again.until) ? again.until : stands;
    const from = again.whole ? beginning : await positionAt(db, again.since);
    this.follower.moveTo(isBefore(from, stands) ? from : stands, (work) => {
      this.sent.forget(work, this.cluster);
      work.run(
        `update relay_again set begun = true, until_epoch = $1::int, until_tx = $2::xid8, until_position = $3::bigint`,
        [until.epoch, until.tx, until.position],
      );
      work.onCommitted(() => (this.again = undefined));
    });
  }

  private async readAgain(): Promise<SendAgain | null> {
    const [row] = await this.options.store.db.query<{
      since: Date;
      whole: boolean;
      begun: boolean;
      until_epoch: number | null;
      until_tx: string | null;
      until_position: string | null;
    }>(`select since, whole, begun, until_epoch, until_tx::text as until_tx, until_position from relay_again`);
    if (row === undefined) return null;
    const { since, whole, begun, until_epoch: epoch, until_tx: tx, until_position: position } = row;
    const until = epoch === null || tx === null || position === null ? null : { epoch, tx, position };
    return { since: since.toISOString(), whole, begun, until };
  }
}

const dayMs = 24 * 60 * 60 * 1_000;

function isBefore(a: LogPosition, b: LogPosition): boolean {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch;
  if (a.tx !== b.tx) return BigInt(a.tx) < BigInt(b.tx);
  return BigInt(a.position) < BigInt(b.position);
}
