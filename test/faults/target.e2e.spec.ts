import { jest } from '@jest/globals';
import type { Faults } from '../targets/scim-stub-faults.js';
import { logHolds } from './log-holds.js';
import { World } from './world.js';

jest.setTimeout(240_000);

const ways: { name: string; faults: Faults }[] = [
  { name: 'loses every second answer to a POST, after the effect', faults: { losePostEvery: 2 } },
  { name: 'loses every second answer to a PATCH, after the effect', faults: { losePatchEvery: 2 } },
  { name: 'answers every second write with half a body', faults: { truncateEvery: 2 } },
  {
    name: 'answers every third write 429 with Retry-After in seconds',
    faults: { refuseEvery: 3, refuseWith: 429, retryAfterSeconds: 1 },
  },
  {
    name: 'answers every third write 429 with Retry-After as a date',
    faults: { refuseEvery: 3, refuseWith: 429, retryAfterSeconds: 1, retryAfterAsDate: true },
  },
  { name: 'answers every third write 503', faults: { refuseEvery: 3, refuseWith: 503 } },
  { name: 'answers every third write 500', faults: { refuseEvery: 3, refuseWith: 500 } },
];

describe('with an application that', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.create();
  }, 120_000);
  afterAll(() => world.discard());

  it.each(ways.map((way, index) => ({ ...way, index })))(
    '$name, everybody has one account and leavers none that works',
    async ({ faults, index }) => {
      world.stub.faults = faults;
      const people = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `3${index}${letter}`);
      await world.import(people);
      await world.settled();
      await world.leave(people[0] ?? '');
      await world.leave(people[1] ?? '');
      await world.settled();
      world.stub.faults = {};
    },
  );

  it('the log has every cause and verifies', async () => {
    await logHolds(world);
  });
});
