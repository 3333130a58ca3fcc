import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { generic, type ScimProfile } from '#libs/scim/client/profile.js';
import {
  type Quirk,
  quirkToken,
  type QuirkServer,
  refused,
  startQuirkServer,
} from '../../../../../test/targets/quirks/quirk-server.js';
import { type EntitlementTarget, reading } from '../target.js';
import { ScimTarget } from './scim-target.process.js';

/** A group that somebody else changes before the first so many writes of it. */
const contested = (times: number): Quirk => {
  let version = 1;
  return {
    cites: 'RFC 7644 §3.14',
    instead: ({ method, headers, directory }) => {
      if (method !== 'PUT') return null;
      if (version <= times) {
        version += 1;
        for (const group of directory.groups.values()) group['members'] = [{ value: `other${version}` }];
      }
      return headers['if-match'] === `W/"${version}"` ? null : refused(412, 'another version');
    },
    after: (reply, { method }) => (method === 'GET' ? { ...reply, headers: { etag: `W/"${version}"` } } : reply),
  };
};

describe('members of a group that is written whole', () => {
  let server: QuirkServer;
  let target: ScimTarget;
  afterEach(async () => {
    await target.destroy();
    await server.stop();
  });

  async function groupOf(times: number): Promise<{ groups: EntitlementTarget; id: string }> {
    server = await startQuirkServer([contested(times)]);
    const profile: ScimProfile = { ...generic, memberChanges: 'put' };
    const auth = { type: 'bearer', token: () => quirkToken } as const;
    const access = { baseUrl: server.baseUrl, auth, guard: new AddressGuard([], true), connections: 1, nowMs: () => 0 };
    target = new ScimTarget(access, profile);
    const groups = target.entitlements('group');
    if (groups === null) throw new Error('there are groups');
    return { groups, id: String(server.directory.add('Groups', { displayName: 'Staff', members: [] })['id']) };
  }
  const members = (id: string): unknown => server.directory.groups.get(id)?.['members'];

  it('keep those that somebody else added meanwhile', async () => {
    const { groups, id } = await groupOf(1);
    await groups.grant(id, ['u1'], reading);
    expect(members(id)).toEqual([{ value: 'other2' }, { value: 'u1' }]);
  });

  it('are changed later where somebody else is always faster', async () => {
    const { groups, id } = await groupOf(9);
    await expect(groups.grant(id, ['u1'], reading)).rejects.toMatchObject({
      terms: { code: 'changed-meanwhile', class: 'transient', effectUnknown: false },
    });
    expect(members(id)).toEqual([{ value: 'other3' }]);
  });
});
