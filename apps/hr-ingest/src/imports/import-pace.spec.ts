import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { MemoryBroker, MemoryBus } from '#libs/event-bus/memory/memory-bus.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { eventually } from '../../../../test/support/eventually.js';
import { ImportSettings } from './import.config.js';
import { ImportPace } from './import-pace.js';

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
  const broker = new MemoryBroker();
  const bus = new AskedBus(broker, () => undefined);
  const signal = new AbortController().signal;
  let reading = Promise.resolve();

  beforeAll(async () => {
    bus.subscribe({ group: 'governance', topics: [topics.lifecycle], maxBatch: 5, handle: () => reading });
    await bus.start();
    await bus.publish([message(1)]);
    await eventually(() => broker.places.size === 1);
  });
  afterAll(() => bus.stop());

  it('waits while the reader is behind by more than the lead, and goes on when it has caught up', async () => {
    const pace = new ImportPace(bus, new ImportSettings(10));
    await pace.turn(signal);
    const gate = Promise.withResolvers<void>();
    reading = gate.promise;
    await bus.publish(Array.from({ length: 20 }, (_, n) => message(n + 2)));
    let on = false;
    const turn = pace.turn(signal).then(() => (on = true));
    const before = bus.asked;
    await eventually(() => bus.asked > before + 3);
    expect(on).toBe(false);
    gate.resolve();
    await turn;
  });

  it('does not wait for a reader that is away', async () => {
    const pace = new ImportPace(bus, new ImportSettings(10), 30);
    const gate = Promise.withResolvers<void>();
    reading = gate.promise;
    await bus.publish(Array.from({ length: 30 }, (_, n) => message(n + 22)));
    await pace.turn(signal);
    gate.resolve();
  });

  it('ends with its signal', async () => {
    const pace = new ImportPace(bus, new ImportSettings(1));
    await pace.turn(AbortSignal.abort());
  });
});
