import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { generic, type ScimProfile } from '#libs/scim/client/profile.js';
import { ScimTarget } from '../../../apps/provisioning/src/targets/scim/scim-target.process.js';
import type { Running } from './deviation.js';
import { ofChanges } from './deviations-of-changes.js';
import { ofGroupsAndSearches } from './deviations-of-groups.js';
import { ofValues } from './deviations-of-values.js';
import { quirkToken, startQuirkServer } from './quirk-server.js';

const deviations = { ...ofChanges, ...ofGroupsAndSearches, ...ofValues };

describe.each(Object.entries(deviations))('a server where %s', (_, { row, switches, server: quirks, works }) => {
  const running: Running[] = [];
  const run = async (profile: ScimProfile): Promise<void> => {
    const server = await startQuirkServer(quirks.map((one) => ({ ...one, cites: `scim-quirks C${row}` })));
    const auth = { type: 'bearer', token: () => quirkToken } as const;
    const access = { baseUrl: server.baseUrl, auth, guard: new AddressGuard([], true), connections: 2, nowMs: () => 0 };
    const target = new ScimTarget(access, profile);
    const groups = target.entitlements('group');
    if (groups === null) throw new Error('there are groups');
    const one = { server, target, groups };
    running.push(one);
    await works(one);
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).flatMap(({ target, server }) => [target.destroy(), server.stop()]));
  });

  it(`is served with the switch (row ${row})`, async () => {
    await expect(run({ ...generic, ...switches })).resolves.toBeUndefined();
  });

  it('is not served without it', async () => {
    await expect(run(generic)).rejects.toThrow();
  });
});
