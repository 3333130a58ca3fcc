import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { storeUnderTest } from '../../test/support/event-store.js';
import { eventually } from '../../test/support/eventually.js';
import { makeEventBus } from './make-event-bus.js';
import { aMessage } from './message.fixtures.js';
import { busTestMigrations, stageEffects, storedEffects } from './postgres/postgres-bus.fixtures.js';
import { some } from '../../test/support/some.js';

describe('a message of somebody who does not own its topic', () => {
  it('is parked separately, whatever person it names, and holds up no genuine one', async () => {
    const t = await storeUnderTest({ migrations: busTestMigrations });
    const bus = makeEventBus({ service: 'provisioning', store: t.store, published: () => [] });
    bus.subscribe({
      group: 'provisioning',
      topics: [topics.lifecycle, topics.desiredAccess, topics.operators],
      handle: (batch, work) => {
        stageEffects(work, 'provisioning', batch);
        return Promise.resolve();
      },
    });
    await bus.start();
    const ada = uuidv7();
    const id = uuidv7();
    const of = (topic: string, source: string, sequence: number, given = uuidv7()): ReturnType<typeof aMessage> =>
      aMessage({ topic, key: ada, source, sequence, id: given });
    const forged = [
      of(topics.lifecycle, '/provisioning/worker-1', 1, id),
      of(topics.desiredAccess, `/hr/desired-${ada}.wiki`, 9),
      of(topics.desiredAccess, `/governanceX/desired-${ada}.wiki`, 9),
      of(topics.desiredAccess, `governance/desired-${ada}.wiki`, 9),
    ];
    await bus.publish(forged);
    await bus.publish([
      of(topics.lifecycle, '/hr/worker-1', 1, id),
      of(topics.desiredAccess, `/governance/desired-${ada}.wiki`, 1),
      of(topics.operators, '/audit/dismissal-1', 1),
    ]);
    await eventually(async () => (await storedEffects(t.store, 'provisioning')).length === 3);
    const taken = (await storedEffects(t.store, 'provisioning')).map(({ source }) => source.split('/')[1]);
    expect(taken.sort()).toEqual(['audit', 'governance', 'hr']);
    const parked = await eventually(async () => {
      const all = await bus.parking.list(10, null);
      return all.length === forged.length ? all : undefined;
    });
    expect(some(parked).every(({ poison, waiting }) => poison && waiting === 0)).toBe(true);
    expect(parked.map(({ reason }) => reason).join()).toMatch(/provisioning does not own hub.hr.lifecycle/);
    const again = await bus.parking.replay('provisioning', parked[0]?.id ?? '');
    expect(again.outcome).toBe('parked-again');
    await bus.stop();
    await t.close();
  });
});
