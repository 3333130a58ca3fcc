import { jest } from '@jest/globals';
import { crashPoints } from './points.js';
import { readsAmid } from './readings.suite.js';
import { World } from './world.js';

jest.setTimeout(240_000);

describe('readings of an application', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.create();
  }, 120_000);
  afterAll(() => world.discard());

  readsAmid(crashPoints.readings, () => world);
});
