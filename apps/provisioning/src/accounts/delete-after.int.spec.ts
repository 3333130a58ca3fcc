import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { connector, desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const day = 86_400_000;

describe('accounts that are deleted some time after they were disabled', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
    await wiki.connect({ deprovision: { onLeave: 'disable', deleteAfter: 'P30D' } });
  });
  afterAll(() => wiki.stop());

  const account = async (name: string) =>
    (await wiki.call('GET', `/connectors/wiki/accounts?filter=identity eq "${personId(name)}"`)).body.items[0];
  const types = async (name: string): Promise<string[]> =>
    (await wiki.results())
      .filter(({ body }) => body.identity === personId(name))
      .map(({ type }) => type.replace('hub.provisioning.', '').replace('.v1', ''));
  const leaves = async (name: string) => {
    await wiki.publish(desired(name, 1));
    await wiki.inSync(name, 1);
    await wiki.publish(leaver(name, 2));
    await wiki.inSync(name, 2);
  };

  it('are disabled at once, told with their day, enabled for who comes back, and deleted when the day has come', async () => {
    await leaves('ada');
    await leaves('bob');
    expect(wiki.users('ada')[0]).toMatchObject({ active: false });
    const deletesAt = new Date(Date.parse(wiki.clock.now()) + 30 * day).toISOString();
    expect(await account('ada')).toMatchObject({ status: 'disabled', inSync: true, waiting: false, deletesAt });
    const scheduled = (await wiki.results()).find(({ type }) => type.includes('deletion-scheduled'));
    expect(scheduled?.body).toMatchObject({
      kind: 'deletion-scheduled',
      dueAt: deletesAt,
      account: expect.any(String),
    });

    wiki.clock.advance(29 * day);
    await wiki.publish(desired('bob', 3));
    await wiki.inSync('bob', 3);
    expect(wiki.users('bob')[0]).toMatchObject({ active: true });
    expect(await account('bob')).toMatchObject({ status: 'active', deletesAt: null });
    expect(wiki.users('ada')).toHaveLength(1);

    await wiki.restart();
    wiki.clock.advance(day);
    expect(await eventually(() => wiki.users('ada').length === 0)).toBe(true);
    expect(await eventually(async () => (await account('ada'))?.status === 'deleted')).toBe(true);
    expect(await account('ada')).toMatchObject({ deletesAt: null, waiting: false });
    expect((await types('ada')).slice(-2)).toEqual(['operation.started', 'account.deleted']);
    const deleted = (await wiki.results()).find(({ type }) => type.includes('account.deleted'));
    expect(deleted?.body).toMatchObject({ reason: 'deletion-due', verified: true });
    expect(wiki.users('bob')[0]).toMatchObject({ active: true });
  });

  it('are not deleted any more when the connector says so, and sooner when it says that', async () => {
    await leaves('cyd');
    await wiki.connect();
    expect(await eventually(async () => (await account('cyd'))?.deletesAt === null)).toBe(true);
    expect(await types('cyd')).toContain('account.deletion-cancelled');
    await wiki.connect({ deprovision: { deleteAfter: 'PT1H' } });
    expect(await eventually(async () => typeof (await account('cyd'))?.deletesAt === 'string')).toBe(true);
    wiki.clock.advance(3_700_000);
    expect(await eventually(() => wiki.users('cyd').length === 0)).toBe(true);
  });

  it('have a delay that is one', async () => {
    const put = async (deleteAfter: unknown) =>
      (await wiki.call('PUT', '/connectors/wiki', connector(wiki.stub, { deprovision: { deleteAfter } }))).body.errors;
    for (const wrong of ['30 days', 'P0D', '', 30, 'P-1D'])
      expect(await put(wrong)).toEqual([
        { pointer: '/deprovision/deleteAfter', detail: expect.stringContaining('P30D') },
      ]);
    const shown = (await wiki.call('GET', '/connectors/wiki')).body as { version: number };
    const again = await wiki.call('PUT', '/connectors/wiki', shown);
    expect(again.body).toMatchObject({ version: shown.version, deprovision: { deleteAfter: 'PT1H' } });
  });
});
