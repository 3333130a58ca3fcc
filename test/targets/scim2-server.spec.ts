import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scim2ServerForTests } from './scim2-server.js';

/** A machine without Python. */
const bare = { PATH: '' };

describe('scim2-server for tests', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'scim2-cache-'));
  });
  afterEach(() => rm(cache, { recursive: true }));

  it('is an error where it is required and cannot be installed, and leaves nothing half made', async () => {
    const required = scim2ServerForTests({ ...bare, REQUIRE_SCIM2_SERVER: '1' }, cache);
    await expect(required).rejects.toThrow('REQUIRE_SCIM2_SERVER=1, and there is no scim2-server');
    expect(await scim2ServerForTests(bare, cache)).toBeNull();
    expect(await readdir(cache)).toEqual([]);
  });
});
