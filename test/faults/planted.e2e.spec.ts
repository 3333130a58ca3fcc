import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { describeOn, kafkaForTests } from '../support/kafka.js';
import { superseded } from './late-publisher.js';
import { neverLooks, offsetFirst, placeFirst, versionIgnored } from './bugs.js';
import { plantedBuild, type Bug } from './planted-build.js';
import { World } from './world.js';

jest.setTimeout(180_000);

const kafka = await kafkaForTests();

/** The other suites expect a sound hub to pass where each of these must fail by name. */
describe('finds a planted bug:', () => {
  async function withBug(bug: Bug, run: (world: World) => Promise<void>, brokers?: string): Promise<void> {
    const { dist, remove } = await plantedBuild(bug);
    try {
      const world = await World.create({ brokers, dist });
      try {
        await run(world);
      } finally {
        await world.discard();
      }
    } finally {
      await remove();
    }
  }

  /** The day of a death between the place and the effect: the first page of governance is the hire. */
  async function losesAHire(world: World): Promise<void> {
    await world.hireThrough('100');
    await world.relaunch('governance.before-commit');
    await world.hire('200');
    await eventually(() => world.deaths === 1);
    await world.hub.ready();
    await eventually(async () => (await world.bus.lag()).length === 0, { timeoutMs: 60_000, everyMs: 100 });
    await expect(world.quiescence(10_000)).rejects.toThrow('missing account: p200@corp.example');
  }

  it('no look-up before an account is created', () =>
    withBug(neverLooks, async (world) => {
      await world.relaunch('provisioning.after-call');
      await world.hire('100');
      await expect(world.quiescence()).rejects.toThrow('duplicate account: p100@corp.example has 2');
    }));

  it('the version of desired access is ignored', () =>
    withBug(versionIgnored, async (world) => {
      await world.hire('100');
      await world.quiescence();
      await world.leave('100');
      await world.hireThrough('200');
      await world.quiescence();
      await world.bus.publishAgain(superseded);
      await eventually(() => world.problems().includes('left but active: p100@corp.example'));
    }));

  it('the place is moved before the effect is committed', () => withBug(placeFirst, losesAHire));

  describeOn(kafka, 'on Kafka', (source) => {
    it('the offset is committed before the effect', async () => {
      const broker = await source.start();
      try {
        await withBug(offsetFirst, losesAHire, broker.brokers);
      } finally {
        await broker.stop();
      }
    });
  });

  it('and says so when there is nothing to plant', async () => {
    await expect(plantedBuild({ ...neverLooks, text: 'no such code' })).rejects.toThrow('nothing planted');
  });
});
