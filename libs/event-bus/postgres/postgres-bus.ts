import type { RecordedFact } from '#libs/event-store/core.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';
import { raiseBusEpoch } from './bus-epoch.js';
import type { ConsumerState } from '../consumer/consumer-state.js';
import { Consumer } from '../consumer/consumer.js';
import {
  EventBus,
  type Lag,
  type ReaderPosition,
  type RepublicationFor,
  type Subscription,
} from '../event-bus.port.js';
import { positionsOf, readResumptions, resumptionsAt, stageResumptions } from '../consumer/resumption-rows.js';
import { endFor, messagesFor, messagesSince } from '../publish-again.js';
import { lastMoves, lostPositions, setLostPositions } from './postgres-resumptions.js';
import type { PublicMessage, Published } from '../message.js';
import { Parking } from '../consumer/parking.js';
import { PostgresConsumerState } from './postgres-consumer-state.js';
import { channelOf, PostgresReader } from './postgres-reader.js';
import { RecentMessages } from './recent-messages.js';
import { insertMessages, pruneTopics } from './postgres-topics.js';
import { countLag, readLags } from './topic-positions.js';
import { Subscriptions } from '../consumer/subscriptions.js';
import { runUrgentLane, takeUrgent } from '../urgent/urgent-lane.js';
import { pruneUrgent, registerUrgent, urgentChannel, UrgentRows } from '../urgent/urgent-rows.js';

export interface PostgresBusOptions {
  readonly store: EventStore;
  readonly onError: (what: string, error: unknown) => void;
  /** May the source of a message write to its topic? All may unless given. */
  readonly trusts?: NonNullable<Subscription['trusts']>;
  /** Another keeper of inbox and parked messages; for tests. */
  readonly state?: ConsumerState;
  /** Shared by the buses of one process; its own unless given. */
  readonly recent?: RecentMessages | undefined;
}

const publishStep = 500;
const pruneMs = 60 * 60 * 1_000;

/** The bus inside the services' own database: messages are rows, written by the statement that appends their facts. */
export class PostgresBus extends EventBus {
  private readonly subscriptions: Subscriptions;
  private readonly stopping = new AbortController();
  private readonly state: ConsumerState;
  private readonly urgent: UrgentRows;
  override readonly parking: Parking;
  private readonly recent: RecentMessages;
  private published: Published<RecordedFact> = () => [];
  private running: Promise<void>[] = [];
  private pruning: NodeJS.Timeout | undefined;

  constructor(private readonly options: PostgresBusOptions) {
    super();
    this.subscriptions = new Subscriptions(options.trusts);
    this.state = options.state ?? new PostgresConsumerState(options.store.db);
    this.recent = options.recent ?? new RecentMessages();
    this.urgent = new UrgentRows(options.store.db, 'bus.urgent');
    this.parking = new Parking(this.subscriptions, this.state, () => options.store.work());
  }

  /** From now on every work of this store that appends also publishes what `published` makes of its facts. */
  fuseInto(store: EventStore, published: Published<RecordedFact>): void {
    this.published = published;
    store.onStage((facts) => {
      const messages = facts.flatMap((fact) => published(fact));
      if (messages.length === 0) return [];
      const urgent = this.urgent.insert(messages);
      const ordinary = { ...insertMessages(messages, this.recent), committed: () => this.notifyReaders(messages) };
      return urgent === null ? [ordinary] : [ordinary, { ...urgent, committed: () => this.notifyUrgent() }];
    });
  }

  override async publish(messages: readonly PublicMessage[]): Promise<void> {
    for (let start = 0; start < messages.length; start += publishStep) {
      const some = messages.slice(start, start + publishStep);
      const { sql, params } = insertMessages(some, this.recent);
      await this.options.store.db.query(sql, params);
      this.notifyReaders(some);
    }
  }

  override subscribe(subscription: Subscription): void {
    this.subscriptions.add(subscription);
  }

  override async start(): Promise<void> {
    const { store, onError } = this.options;
    await raiseBusEpoch(store.db);
    const signal = this.stopping.signal;
    const subscriptions = this.subscriptions.start();
    const options = { db: store.db, urgent: this.urgent, recent: this.recent, signal, onError };
    await registerUrgent(store.db, subscriptions);
    this.running = subscriptions.flatMap((subscription) => {
      const consumer = new Consumer(subscription, { state: this.state, work: () => store.work(), signal, onError });
      const read = new PostgresReader({ ...options, consumer }).run();
      return subscription.urgent === true ? [read, this.runUrgent(consumer)] : [read];
    });
    this.pruning = setInterval(() => void this.prune(), pruneMs).unref();
  }

  override async stop(): Promise<void> {
    clearInterval(this.pruning);
    this.stopping.abort();
    await Promise.all(this.running);
  }

  override lag(group: string, topic: string, atMost: number): Promise<number> {
    return countLag(this.options.store.db, group, topic, atMost);
  }

  private async sendAgain(from: string): Promise<void> {
    for await (const messages of messagesSince(this.options.store, this.published, from, this.stopping.signal))
      await this.publish(messages);
  }

  private async sendFor(wanted: RepublicationFor): Promise<void> {
    const { store } = this.options;
    for await (const messages of messagesSince(store, this.published, wanted.from, this.stopping.signal))
      await this.publish(messagesFor(wanted, messages));
    if (!this.stopping.signal.aborted) await this.publish([endFor(wanted, store)]);
  }

  private inBackground(sending: Promise<void>): Promise<void> {
    const told = sending.catch((error: unknown) =>
      this.options.onError('publishing again ended early: ask for it again', error),
    );
    this.running.push(told);
    return Promise.resolve();
  }

  private runUrgent(consumer: Consumer): Promise<void> {
    const { store, onError } = this.options;
    const rows = this.urgent;
    const { group } = consumer.subscription;
    const { signal } = this.stopping;
    const take = takeUrgent(rows, consumer);
    return runUrgentLane({ db: store.db, rows, table: 'bus.urgent', consumer: group, signal, onError, take });
  }

  private notifyUrgent(): void {
    this.options.store.db.notifier.notify(urgentChannel('bus.urgent'));
  }

  override republish(from: string): Promise<void> {
    return this.inBackground(this.sendAgain(from));
  }

  override republishFor(wanted: RepublicationFor): Promise<void> {
    return this.inBackground(this.sendFor(wanted));
  }

  override async positions(): Promise<readonly ReaderPosition[]> {
    const { db } = this.options.store;
    const readers = this.subscriptions.readers();
    const [lost, resuming] = await Promise.all([
      lostPositions(db, readers),
      readResumptions(db, this.subscriptions.groups()),
    ]);
    return positionsOf(readers, lost, resuming);
  }

  override async resume(
    id: string,
    also: (work: Work, begun: readonly ReaderPosition[]) => void,
  ): Promise<readonly ReaderPosition[]> {
    const { store } = this.options;
    const lost = await lostPositions(store.db, this.subscriptions.readers());
    if (lost.length > 0) {
      const begun = await resumptionsAt(store.db, id, lost);
      const work = store.work();
      setLostPositions(work, begun);
      stageResumptions(work, begun);
      also(work, positionsOf(lost, [], begun));
      await work.commit();
      for (const { topic } of begun) store.db.notifier.notify(channelOf(topic));
    }
    return (await this.positions()).filter(({ state }) => state !== 'reading');
  }

  override lags(): Promise<readonly Lag[]> {
    return readLags(this.options.store.db, this.subscriptions.readers());
  }

  private async prune(): Promise<void> {
    try {
      const { db } = this.options.store;
      await this.state.prune(await lastMoves(db, this.subscriptions.groups()));
      await pruneTopics(db);
      await pruneUrgent(db, 'bus.urgent');
    } catch (error) {
      this.options.onError('old messages stay for another hour', error);
    }
  }

  private notifyReaders(messages: readonly PublicMessage[]): void {
    for (const topic of new Set(messages.map((m) => m.topic))) this.options.store.db.notifier.notify(channelOf(topic));
  }
}
