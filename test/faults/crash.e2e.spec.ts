import { jest } from '@jest/globals';
import { kafkaForTests, type Broker } from '../support/kafka.js';
import { logHolds } from './log-holds.js';
import { World } from './world.js';

jest.setTimeout(240_000);

/** Every named point, and the nth time it is reached at which the process dies. README.md says what each one is. */
const points = [
  'hr.before-append',
  'hr.after-append',
  'hr.import.mid-batch',
  'bus.before-commit:3',
  'governance.before-commit:2',
  'bus.after-commit:3',
  'governance.request.after-append',
  'provisioning.before-intent',
  'provisioning.after-intent',
  'provisioning.after-call',
  'provisioning.after-call:3',
  'provisioning.after-outcome',
  'audit.before-commit',
  'audit.after-commit',
];
const kafka = await kafkaForTests();
const transports: { name: string; points: string[]; broker?: () => Promise<Broker> }[] = [
  { name: 'PostgreSQL', points },
];
if (kafka !== null)
  transports.push({ name: 'Kafka', points: [...points, 'relay.after-publish'], broker: () => kafka.start() });

describe.each(transports)('a hub killed at any point, on $name,', ({ broker, points: all }) => {
  let world: World;
  let started: Broker | undefined;
  const env: Record<string, string> = {};
  let last: string | undefined;
  beforeAll(async () => {
    started = await broker?.();
    if (started !== undefined) env['KAFKA_BROKERS'] = started.brokers;
    world = await World.create(env);
    await world.hire('100');
  }, 120_000);
  afterAll(async () => {
    await world.discard();
    await started?.stop();
  });

  it.each(all.map((point, index) => ({ point, index })))(
    'makes exactly one account for each person: $point',
    async ({ point, index }) => {
      const deaths = world.deaths;
      await world.relaunch({ ...env, HUB_CRASH_AT: point });
      const id = `2${String(index).padStart(2, '0')}`;
      await world.hire(id, { managerId: '100' });
      if (last !== undefined) await world.leave(last);
      await world.import([`${id}a`, `${id}b`, `${id}c`]);
      await world.request(id, '100');
      await world.settled();
      last = id;
      if (world.deaths === deaths) throw new Error(`${point} was never reached: is it still in the code?`);
    },
  );

  it('has a chain of causes for every effect in the log, and the log verifies', async () => {
    await logHolds(world);
  });
});
