import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { MemoryBroker, MemoryBus } from '#libs/event-bus/memory/memory-bus.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { eventually } from '../../../../test/support/eventually.js';
import { ImportSettings } from './import.config.js';
import { ImportPace } from './import-pace.process.js';

const message = (sequence: number): PublicMessage => ({
  topic: topics.lifecycle,
  key: 'ada',
  id: uuidv7(),
  source: '/hr/worker-ada',
  type: 'hub.hr.worker.changed.v1',
  subject: 'ada',
  time: '2026-03-02T09:00:00.000Z',
  actor: 'service/test',
  correlationId: uuidv7(),
  causationId: null,
  sequence,
  epoch: 1,
  body: {},
});

/** Tells how often it was asked. */
class AskedBus extends MemoryBus {
  asked = 0;
  override lag(group: string, topic: string, atMost: number): Promise<number> {
    this.asked += 1;
    return super.lag(group, topic, atMost);
  }
}

describe('the pace of an import', () => {
  let bus: AskedBus;
  let reader: PromiseWithResolvers<void>;
  const lead = 10;
  const signal = new AbortController().signal;
  const lag = (): Promise<number> => bus.lag('governance', topics.lifecycle, 100);

  beforeEach(async () => {
    const broker = new MemoryBroker();
    bus = new AskedBus(broker, () => undefined);
    let waits = Promise.resolve();
    bus.subscribe({ group: 'governance', topics: [topics.lifecycle], maxBatch: 5, handle: () => waits });
    await bus.start();
    await bus.publish([message(1)]);
    await eventually(() => broker.places.size === 1);
    reader = Promise.withResolvers<void>();
    waits = reader.promise;
  });
  afterEach(async () => {
    reader.resolve();
    await bus.stop();
  });
  const publish = (count: number): Promise<void> =>
    bus.publish(Array.from({ length: count }, (_, n) => message(n + 2)));

  it('waits while the reader is behind by more than the lead, and goes on when it has caught up', async () => {
    const pace = new ImportPace(bus, new ImportSettings(lead));
    await pace.turn(signal);
    await publish(20);
    let on = false;
    const turn = pace.turn(signal).then(() => (on = true));
    const before = bus.asked;
    await eventually(() => bus.asked > before + 3);
    expect(on).toBe(false);
    reader.resolve();
    await turn;
    expect(await lag()).toBeLessThanOrEqual(lead);
  });

  it('does not wait for a reader that is away', async () => {
    const pace = new ImportPace(bus, new ImportSettings(lead), 30);
    await publish(30);
    await pace.turn(signal);
    expect(await lag()).toBeGreaterThan(lead);
  });

  it('ends with its signal', async () => {
    const pace = new ImportPace(bus, new ImportSettings(lead));
    await publish(30);
    const ending = new AbortController();
    const turn = pace.turn(ending.signal);
    await eventually(() => bus.asked > 1);
    ending.abort();
    await turn;
    expect(await lag()).toBeGreaterThan(lead);
  });
});
