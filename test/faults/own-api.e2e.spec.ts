import { jest } from '@jest/globals';
import { killsAt } from './crash.suite.js';
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

  killsAt(crashPoints.provisioning, () => world);
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
