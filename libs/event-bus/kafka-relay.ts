import { crashPoint } from '#libs/event-store/crash-point.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import { Follower } from '#libs/event-store/follower.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Lease } from '#libs/event-store/lease.js';
import type { KafkaProducer } from './kafka-producer.js';
import type { Published } from './message.js';
import { relayName, type UrgentRows } from './urgent-rows.js';

export interface KafkaRelayOptions {
  readonly store: EventStore;
  readonly producer: KafkaProducer;
  readonly published: Published<RecordedFact>;
  readonly urgent: UrgentRows;
  readonly takeLeases: boolean;
  readonly onError: (what: string, error: unknown) => void;
}

/** Small pages: a hire during an import waits behind few others. */
const pageSize = 200;

/**
 * Follows the store's order and publishes what its facts mean to others: one holder for each service, its checkpoint moved
 * after the brokers have the page. A page published twice, or late by a holder that lost its lease, is old news to consumers.
 */
export class KafkaRelay {
  private readonly lease: Lease;
  private readonly follower: Follower;

  constructor(private readonly options: KafkaRelayOptions) {
    const { store, producer, published, urgent, onError } = options;
    this.lease = new Lease(store.db, 'relay', uuidv7());
    this.follower = new Follower(store, {
      name: 'relay',
      pageSize,
      lease: this.lease,
      handle: async (facts, work) => {
        const messages = facts.flatMap((fact) => published(fact));
        if (messages.length > 0) await producer.send(messages);
        urgent.overtaken(work, relayName, messages);
        crashPoint('relay.after-publish');
      },
      onError: (error) => onError('the relay could not publish and tries again', error),
    });
  }

  async start(): Promise<void> {
    const { takeLeases, onError } = this.options;
    if (takeLeases) {
      await this.lease
        .acquire({ force: true })
        .catch((error: unknown) => onError('the relay waits for its lease to lapse', error));
    }
    this.follower.start();
  }

  /** How long the oldest fact has waited that was not published yet. */
  lagSeconds(): Promise<number> {
    return this.follower.lagSeconds();
  }

  async stop(): Promise<void> {
    await this.follower.stop();
    await this.lease.release();
  }
}
