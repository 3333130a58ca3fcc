import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { knownQuirks } from '../../../../test/targets/quirks/known-quirks.js';
import { quirkToken, type QuirkServer, startQuirkServer } from '../../../../test/targets/quirks/quirk-server.js';
import type { StubReply, StubRequest } from '../../../../test/targets/scim-stub.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(90_000);

/** Row 27 of the collected deviations of real servers: in which order applications take changes. */
describe('an application that takes changes in one order only', () => {
  let wiki: Wiki;
  let server: QuirkServer | null = null;
  let refusals: string[] = [];
  beforeAll(async () => {
    wiki = await runningWiki();
  });
  beforeEach(() => {
    refusals = [];
    wiki.stub.reply = () => null;
  });
  afterAll(async () => {
    await server?.stop();
    await wiki.stop();
  });

  const refused = (detail: string): StubReply => {
    refusals.push(detail);
    return { status: 400, body: { status: '400', detail } };
  };
  const isChangeOfGroup = ({ method, url }: StubRequest): boolean => method === 'PATCH' && url.includes('/Groups/');
  const added = ({ body }: StubRequest): string[] => {
    const { Operations } = JSON.parse(body) as { Operations: { op: string; value?: { value: string }[] }[] };
    return Operations.filter(({ op }) => op === 'add').flatMap(({ value = [] }) => value.map((one) => one.value));
  };
  const holds = (group: string, name: string): boolean => wiki.members(group).includes(`${name}@corp.example`);

  it('gives no group before the removal of the former one is shown (Board)', async () => {
    await wiki.connect();
    let removal: (() => void) | null = null;
    let readings = 0;
    wiki.stub.reply = (request, usual) => {
      if (request.method === 'GET' && request.url.includes('/Groups/') && removal !== null && ++readings > 2) {
        removal();
        removal = null;
      }
      if (!isChangeOfGroup(request)) return null;
      const { groups } = wiki.stub.dump();
      const members = added(request);
      if (members.length > 0)
        return groups.some((one) => one.members.some(({ value }) => members.includes(value)))
          ? refused('a user is in one group')
          : null;
      // It is answered at once, and takes effect later.
      removal = () => void usual();
      return { status: 204, body: null };
    };
    await wiki.publish(desired('ada', 1, { groups: ['Readers'] }));
    await wiki.inSync('ada', 1);
    await wiki.publish(desired('ada', 2, { groups: ['Editors'] }));
    await wiki.inTime(() => holds('Editors', 'ada'));
    expect([holds('Readers', 'ada'), refusals, await wiki.parked()]).toEqual([false, [], []]);
    expect(readings).toBeGreaterThan(2);
  });

  it('makes, or enables, the account before it is a member (GitHub, Pulumi)', async () => {
    await wiki.connect();
    wiki.stub.reply = (request) => {
      if (!isChangeOfGroup(request)) return null;
      const active = new Set(wiki.stub.dump().users.flatMap(({ id, active: is }) => (is === true ? [id] : [])));
      return added(request).every((id) => active.has(id)) ? null : refused('a member must be an active user');
    };
    await wiki.publish(desired('bob', 1, { groups: ['Staff'] }));
    await wiki.inSync('bob', 1);
    await wiki.publish(leaver('bob', 2));
    await wiki.inSync('bob', 2);
    expect([holds('Staff', 'bob'), wiki.users('bob')[0]?.active]).toEqual([false, false]);
    await wiki.publish(desired('bob', 3, { groups: ['Staff'] }));
    await wiki.inSync('bob', 3);
    expect([holds('Staff', 'bob'), refusals, await wiki.parked()]).toEqual([true, [], []]);
  });

  it('changes the one entry that an account always has in one step, and never empties it (Salesforce)', async () => {
    server = await startQuirkServer(knownQuirks['salesforce'] ?? []);
    const { directory, baseUrl } = server;
    await wiki.connect({
      baseUrl,
      auth: { type: 'bearer', token: quirkToken },
      profile: 'salesforce',
      groups: { create: false },
      mapping: [{ target: 'entitlements[type eq "profile"].value', type: 'direct', source: 'jobTitle' }],
    });
    const state = async (sequence: number, jobTitle: string | null): Promise<void> => {
      await wiki.publish(desired('carl', sequence, { attributes: jobTitle === null ? {} : { jobTitle } }));
    };
    const profiles = (): unknown => directory.user('carl@corp.example')?.['entitlements'];
    await state(1, 'Standard');
    await wiki.inSync('carl', 1);
    await state(2, 'Administrator');
    await wiki.inSync('carl', 2);
    expect(profiles()).toMatchObject([{ type: 'profile', value: 'Administrator' }]);
    const before = server.requests.length;
    await state(3, null);
    const parked = async () => (await wiki.parked()).filter(({ id }) => id === personId('carl'));
    await eventually(async () => (await parked()).length === 1);
    expect(await parked()).toMatchObject([
      { code: 'value-refused', detail: expect.stringContaining('"onNull": "ignore"') },
    ]);
    expect(server.requests.slice(before).filter((one) => one.startsWith('PATCH'))).toEqual([]);
    expect(profiles()).toMatchObject([{ type: 'profile', value: 'Administrator' }]);
  });
});
