import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { application, desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('leavers still enabled', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
    await wiki.publish(desired('ada', 1, { attributes: { employeeId: '1001' } }), desired('bob', 1));
    await wiki.inSync('ada', 1);
    await wiki.inSync('bob', 1);
  });
  afterEach(async () => {
    await wiki.stop();
  });

  const list = async (query = ''): Promise<{ items: Record<string, unknown>[]; nextCursor: string | null }> =>
    (await wiki.call('GET', `/leavers-still-enabled?${query}`)).body;
  const gauge = async (): Promise<number> =>
    Number(/^hub_leavers_still_enabled\{connector="wiki"\} (.*)$/m.exec(await wiki.metrics())?.[1]);
  const leaves = (name: string) => leaver(name, 2);

  it('are listed with the person, where, since when and why, until they are shut out', async () => {
    expect([(await list()).items, await gauge()]).toEqual([[], 0]);
    wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'PATCH', refuseWith: 422 };
    const { body, ...message } = leaves('ada');
    const accounts = [{ ...body.accounts[0], attributes: { employeeId: '1001', displayName: 'Ada Person' } }];
    await wiki.publish({ ...message, body: { ...body, accounts } });
    await eventually(async () => (await list()).items.length === 1 && (await wiki.parked()).length === 1);
    expect((await list()).items).toEqual([
      {
        person: { id: personId('ada'), employeeId: '1001', displayName: 'Ada Person' },
        application: { id: 'wiki', displayName: 'Wiki' },
        connector: { id: 'wiki', displayName: 'Wiki' },
        account: wiki.users('ada')[0]?.id,
        since: wiki.clock.now(),
        code: 'validation',
        why: expect.stringContaining('a person must look'),
      },
    ]);
    expect(await gauge()).toBe(1);
    await wiki.call('POST', `/connectors/wiki/parked/${personId('ada')}/dismiss`);
    expect((await list()).items).toMatchObject([{ code: 'dismissed' }]);
    expect(await gauge()).toBe(1);
    wiki.stub.faults = {};
    await wiki.publish(leaver('ada', 3));
    await wiki.inSync('ada', 3);
    expect([(await list()).items, await gauge()]).toEqual([[], 0]);
  });

  it('name what keeps the whole connector', async () => {
    wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'PATCH', refuseWith: 401 };
    await wiki.publish(leaves('ada'));
    await eventually(async () => (await wiki.health()) === 'auth-failed');
    await eventually(async () => (await list()).items[0]?.['code'] === 'auth-failed');
    wiki.stub.faults = {};
    await wiki.connect({ mode: 'observe' });
    await wiki.publish(leaves('bob'));
    await eventually(async () => (await list()).items.length === 2);
    expect((await list()).items.map(({ code }) => code)).toEqual(['observing', 'observing']);
  });

  it('say so of somebody whose account is not found, and of one whose creation got no answer', async () => {
    wiki.stub.directory.lags = true;
    wiki.stub.faults = { losePostEvery: 1 };
    await wiki.publish(desired('eve', 1));
    await eventually(() => wiki.users('eve').length === 1);
    wiki.stub.reply = ({ url }) => (/Users\/u\d+$/.test(url) ? { status: 404, body: {} } : null);
    await wiki.publish(leaves('ada'), leaves('eve'));
    await eventually(async () => (await list()).items.length === 2);
    await wiki.inTime(async () => (await list()).items.some(({ code }) => code === 'found-and-gone'));
    wiki.stub.reply = () => null;
    wiki.stub.faults = {};
    wiki.stub.directory.lags = false;
    await wiki.inTime(async () => (await list()).items.length === 0);
    expect([wiki.users('ada')[0]?.active, wiki.users('eve')[0]?.active]).toEqual([false, false]);
  });

  it('come page by page, and as a filter asks', async () => {
    await wiki.connect({ mode: 'observe' });
    await wiki.publish(application({ application: 'blog', connectorId: 'blog', displayName: 'Blog' }));
    await wiki.publish(leaves('ada'));
    await eventually(async () => (await list()).items.length === 1);
    wiki.clock.advance(1_000);
    await wiki.publish(leaves('bob'));
    await eventually(async () => (await list()).items.length === 2);
    const first = await list('limit=1');
    const second = await list(`limit=1&cursor=${first.nextCursor ?? ''}`);
    const ids = [...first.items, ...second.items].map(({ person }) => (person as { id: string }).id);
    expect([ids, second.nextCursor]).toEqual([[personId('ada'), personId('bob')], null]);
    const filter = encodeURIComponent(`person.id eq "${personId('bob')}" and connector eq "wiki"`);
    expect((await list(`filter=${filter}`)).items).toHaveLength(1);
    expect((await wiki.call('GET', '/leavers-still-enabled', undefined, { roles: ['requester'] })).status).toBe(403);
    expect((await wiki.call('GET', '/leavers-still-enabled?cursor=nonsense')).status).toBe(400);
  });
});
