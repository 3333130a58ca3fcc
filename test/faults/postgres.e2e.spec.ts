import { jest } from '@jest/globals';
import { killsAt } from './crash.suite.js';
import { logHolds } from './log-holds.js';
import { crashPoints } from './points.js';
import { survivesRedelivery } from './redelivery.suite.js';
import { survivesTheTarget } from './target.suite.js';
import { World } from './world.js';

jest.setTimeout(240_000);

describe('on the Postgres transport', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.create();
  }, 120_000);
  afterAll(() => world.discard());

  killsAt([...crashPoints.services, ...crashPoints.bus, ...crashPoints.provisioning], () => world);
  survivesTheTarget(() => world);
  survivesRedelivery(() => world);

  it('the log says what the application shows, has every cause and verifies', () => logHolds(world));
});
