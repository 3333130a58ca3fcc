import { jest } from '@jest/globals';
import { killsAt, otherDays } from './crash.suite.js';
import { logHolds } from './log-holds.js';
import { crashPoints } from './points.js';
import { survivesTheTarget } from './target.suite.js';
import { World } from './world.js';

jest.setTimeout(240_000);

describe('accounts, groups and roles by the application’s own API', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.create({ way: 'own-api' });
  }, 120_000);
  afterAll(() => world.discard());

  // Those that lie at a call: the others know no application. Nobody is looked up together here.
  const points = crashPoints.provisioning.filter((point) => /-intent|-call/.test(point) && !point.includes('before'));
  const days = otherDays.filter(({ first }) => first !== 'batch');
  killsAt(points, () => world, days);
  survivesTheTarget(
    () => world,
    [
      {
        name: 'loses every second answer to a PUT, after the effect: members are added so',
        faults: { losePutEvery: 2 },
        shown: 'faults.lost',
      },
    ],
  );

  it('the log says what the application shows, has every cause and verifies', () => logHolds(world));
});
