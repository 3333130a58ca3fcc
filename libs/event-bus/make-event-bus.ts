import type { RecordedFact } from '#libs/event-store/core.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import type { EventBus } from './event-bus.port.js';
import { isFromOwner } from './trust.js';
import type { KafkaSecurity } from './kafka/kafka-security.js';
import { KafkaBus } from './kafka/kafka-bus.js';
import type { Published } from './message.js';
import type { RecentMessages } from './postgres/recent-messages.js';
import { PostgresBus } from './postgres/postgres-bus.js';

export interface EventBusOptions {
  /** Name of the service: the first part of `source` of its messages. */
  readonly service: string;
  readonly store: EventStore;
  /** Maps each fact of this service to its public messages. */
  readonly published: Published<RecordedFact>;
  /** Kafka brokers (`host:port`); none: the bus lives in the service's database. */
  readonly brokers?: readonly string[];
  /** How to reach them: TLS and SASL. */
  readonly security?: KafkaSecurity;
  /** The former holder of this service's leases is known to have ended: take them at once. */
  readonly takeLeases?: boolean;
  /** Messages that this process has stored, shared by its services. */
  readonly recent?: RecentMessages | undefined;
  readonly onError?: (error: unknown) => void;
}

/** The bus of one service: through Kafka when there are brokers, else inside PostgreSQL. No other code knows which. */
export function makeEventBus(options: EventBusOptions): EventBus {
  const { service, store, published, brokers = [], security = {}, takeLeases = false } = options;
  const trusts = isFromOwner;
  const onError = (what: string, error: unknown): void => options.onError?.(new Error(what, { cause: error }));
  if (brokers.length > 0)
    return new KafkaBus({ service, store, published, brokers, security, trusts, takeLeases, onError });
  const bus = new PostgresBus({ store, trusts, onError, recent: options.recent });
  bus.fuseInto(store, published);
  return bus;
}
