import { subscriptionOf, type BusSubject, type Effect } from '../scope.contract.js';
import type { EventBus } from '../event-bus.port.js';
import { MemoryBroker, MemoryBus, MemoryWork } from './memory-bus.js';
import type { ConsumerState } from '../consumer/consumer-state.js';
import type { Subscription } from '../event-bus.port.js';

export interface MemorySubject extends BusSubject {
  readonly broker: MemoryBroker;
  /** Stops members that a failed promise left running. */
  readonly close: () => Promise<void>;
}

/** The bus in memory as the contract suite sees it; what a broken variant breaks is given. */
export function memorySubject({
  broker = new MemoryBroker(),
  state = broker.state,
  subscribed = (subscription) => subscription,
  timeoutMs = 5_000,
}: {
  broker?: MemoryBroker;
  state?: ConsumerState;
  subscribed?: (subscription: Subscription, broker: MemoryBroker) => Subscription;
  timeoutMs?: number;
} = {}): MemorySubject {
  const effects = new Map<string, Effect[]>();
  const stage: BusSubject['stage'] = (work, group, messages) => {
    if (!(work instanceof MemoryWork)) throw new Error('not a work in memory');
    const list = effects.get(group) ?? [];
    effects.set(group, list);
    work.stage(() =>
      list.push(...messages.map(({ id, topic, key, source, sequence }) => ({ id, topic, key, source, sequence }))),
    );
  };
  const publisher = new MemoryBus(broker, () => undefined);
  const members: EventBus[] = [publisher];
  return {
    broker,
    timeoutMs,
    stage,
    publish: (messages) => publisher.publish(messages),
    effects: (group) => Promise.resolve(effects.get(group) ?? []),
    outage: () => {
      broker.away = true;
      return Promise.resolve(() => {
        broker.away = false;
        return Promise.resolve();
      });
    },
    member: async (options) => {
      const bus = new MemoryBus(broker, () => undefined, state);
      members.push(bus);
      bus.subscribe(subscribed(subscriptionOf(options, stage), broker));
      await bus.start();
      return bus;
    },
    close: async () => {
      await Promise.all(members.map((bus) => bus.stop()));
    },
  };
}
