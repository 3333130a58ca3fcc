import type { EventStore } from '#libs/event-store/event-store.js';
import { Work } from '#libs/event-store/work.js';
import { ConcurrencyConflict } from '#libs/event-store/conflict.js';
import { Consumer } from '../consumer/consumer.js';
import type { ConsumerState } from '../consumer/consumer-state.js';
import { EventBus, type Lag, type ReaderPosition, type Subscription } from '../event-bus.port.js';
import { MemoryConsumerState } from './memory-consumer-state.js';
import type { PublicMessage } from '../message.js';
import { Parking } from '../consumer/parking.js';
import { Subscriptions } from '../consumer/subscriptions.js';
import { Wakeable } from '#libs/event-store/wakeable.js';

interface Step {
  readonly holds: () => boolean;
  readonly apply: () => void;
}

/** A work in memory: conditions and effects, all of them at once or none. It knows no SQL and appends no facts. */
export class MemoryWork extends Work {
  private readonly steps: Step[] = [];

  constructor() {
    // Every method that needs a store is overridden or refused below.
    super(null as unknown as EventStore);
  }

  /** Stages an effect that is applied only if every condition of this work holds at the commit. */
  stage(apply: () => void, holds: () => boolean = () => true): void {
    this.steps.push({ holds, apply });
  }

  override append(): never {
    throw new Error('the bus in memory has no store to append to');
  }

  override run(): never {
    throw new Error('the bus in memory has no database: use stage()');
  }

  override expect(): never {
    throw new Error('the bus in memory has no database: use stage()');
  }

  override onCommitted(listener: () => void): void {
    this.stage(listener);
  }

  override commit(): Promise<void> {
    if (!this.steps.every((step) => step.holds()))
      return Promise.reject(new ConcurrencyConflict('another writer was first'));
    for (const step of this.steps) step.apply();
    return Promise.resolve();
  }
}

/** What the members of one in-memory bus share: logs, positions, inboxes. */
export class MemoryBroker {
  readonly logs = new Map<string, PublicMessage[]>();
  /** Messages handled, by group and topic. */
  readonly places = new Map<string, number>();
  readonly state = new MemoryConsumerState();
  readonly listeners = new Set<() => void>();
  /** While true nothing can be published or read. */
  away = false;

  log(topic: string): PublicMessage[] {
    const log = this.logs.get(topic) ?? [];
    this.logs.set(topic, log);
    return log;
  }
}

const retryMs = 5;
const defaultBatch = 200;

/** The bus of simulations and pure tests; its members meet on a {@link MemoryBroker}. */
export class MemoryBus extends EventBus {
  private readonly subscriptions = new Subscriptions();
  private readonly stopping = new AbortController();
  override readonly parking: Parking;
  private running: Promise<void>[] = [];

  constructor(
    private readonly broker: MemoryBroker,
    private readonly onError: (what: string, error: unknown) => void,
    private readonly state: ConsumerState = broker.state,
  ) {
    super();
    this.parking = new Parking(this.subscriptions, state, () => new MemoryWork());
  }

  override async publish(messages: readonly PublicMessage[]): Promise<void> {
    const pauses = new Wakeable(this.stopping.signal);
    while (this.broker.away) await pauses.wait(retryMs);
    for (const message of messages) this.broker.log(message.topic).push(message);
    for (const listener of this.broker.listeners) listener();
  }

  override subscribe(subscription: Subscription): void {
    this.subscriptions.add(subscription);
  }

  override start(): Promise<void> {
    this.running = this.subscriptions.start().map((subscription) => this.follow(subscription));
    return Promise.resolve();
  }

  override async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  override lag(group: string, topic: string, atMost: number): Promise<number> {
    const place = this.broker.places.get(`${group}\n${topic}`);
    const lag = place === undefined ? 0 : this.broker.log(topic).length - place;
    return Promise.resolve(Math.min(lag, atMost));
  }

  /** This bus has no store, and loses nothing. */
  override republish(): Promise<void> {
    return Promise.resolve();
  }

  override republishFor(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing is ever deleted from this bus. */
  override positions(): Promise<readonly ReaderPosition[]> {
    return Promise.resolve(
      this.subscriptions.readers().map((reader) => ({ ...reader, state: 'reading', resumption: null })),
    );
  }

  override resume(): Promise<readonly ReaderPosition[]> {
    return Promise.resolve([]);
  }

  override lags(): Promise<readonly Lag[]> {
    return Promise.resolve(
      this.subscriptions.readers().map(({ group, topic }) => ({ reader: group, topic, seconds: 0 })),
    );
  }

  private async follow(subscription: Subscription): Promise<void> {
    const { signal } = this.stopping;
    const pauses = new Wakeable(signal);
    const wake = (): void => pauses.wake();
    this.broker.listeners.add(wake);
    const work = (): Work => new MemoryWork();
    const consumer = new Consumer(subscription, { state: this.state, work, signal, onError: this.onError });
    while (!signal.aborted) {
      pauses.listen();
      let idle = true;
      for (const topic of subscription.topics) idle = !(await this.takePage(consumer, topic)) && idle;
      if (this.broker.away) await pauses.wait(retryMs);
      else if (idle) await pauses.waitUnlessWoken(retryMs * 100);
    }
    this.broker.listeners.delete(wake);
  }

  private async takePage(consumer: Consumer, topic: string): Promise<boolean> {
    const { group, maxBatch = defaultBatch } = consumer.subscription;
    const { places } = this.broker;
    const name = `${group}\n${topic}`;
    const from = places.get(name) ?? 0;
    const page = this.broker.away ? [] : this.broker.log(topic).slice(from, from + maxBatch);
    if (page.length === 0) return false;
    const ours = (): boolean => (places.get(name) ?? 0) === from;
    return await consumer.take(page, {
      move: (work) => {
        if (work instanceof MemoryWork) work.stage(() => places.set(name, from + page.length), ours);
      },
      ours: () => Promise.resolve(ours()),
      beat: () => Promise.resolve(),
    });
  }
}
