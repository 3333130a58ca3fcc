import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('an account that is not found', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
  });
  afterEach(() => wiki.stop());

  const codes = async (name: string): Promise<string[]> =>
    (await wiki.results())
      .filter(({ body }) => body.identity === personId(name) && body.code !== undefined)
      .map(({ body }) => body.code ?? '');
  const shown = async (name: string): Promise<Record<string, unknown> | undefined> =>
    (await wiki.call('GET', `/connectors/wiki/accounts?filter=identity eq "${personId(name)}"`)).body.items[0];
  /** From now on this account is answered 404, so many times. */
  const deny = (name: string, times: number): void => {
    let left = times;
    const path = `/Users/${wiki.users(name)[0]?.id ?? ''}`;
    wiki.stub.reply = ({ url }) => {
      if (!url.endsWith(path) || left === 0) return null;
      left -= 1;
      return { status: 404, body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' } };
    };
  };

  it.each([404, 400] as const)(
    'is made once where searches and groups see it only later, groups by answering %i',
    async (status) => {
      wiki.stub.directory.lags = true;
      wiki.stub.directory.unknownMemberStatus = status;
      await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
      await eventually(async () => (await codes('ada')).length > 0);
      wiki.clock.advance(5_000);
      await wiki.quiescence();
      expect((await shown('ada'))?.['account']).toBe(wiki.users('ada')[0]?.id);
      wiki.stub.directory.lags = false;
      await wiki.inTime(() => wiki.members('Staff').length === 1);
      await wiki.inSync('ada', 1);
      expect(wiki.users('ada')).toHaveLength(1);
      expect(await wiki.parked()).toEqual([]);
    },
  );

  it('belongs to somebody who leaves before searches see it, and is disabled', async () => {
    wiki.stub.directory.lags = true;
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await eventually(async () => (await codes('ada')).length > 0);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    expect(wiki.users('ada')).toMatchObject([{ active: false }]);
  });

  it('is asked for by its id where the application keeps no externalId', async () => {
    wiki.stub.directory.dropsExternalId = true;
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    deny('ada', 1);
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
    await wiki.inSync('ada', 2);
    expect(wiki.users('ada')).toHaveLength(1);
  });

  it('keeps a leaver an open case for a minute of false answers, and is disabled then', async () => {
    wiki.stub.directory.dropsExternalId = true;
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    // Neither its id nor its name finds it.
    wiki.stub.directory.lags = true;
    const found = wiki.users('ada')[0]?.id ?? '';
    wiki.stub.reply = ({ method, url }) => {
      if (url.includes(`/Users/${found}`)) return { status: 404, body: { schemas: [], status: '404' } };
      return method === 'GET' ? { status: 200, body: { totalResults: 0, Resources: [] } } : null;
    };
    await wiki.publish(leaver('ada', 2));
    await eventually(async () => (await codes('ada')).includes('account-missing'));
    for (let second = 0; second < 50; second += 10) {
      wiki.clock.advance(10_000);
      await wiki.quiescence();
    }
    expect(await shown('ada')).toMatchObject({ account: found, status: 'active', inSync: false });
    wiki.stub.reply = () => null;
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
    await wiki.inSync('ada', 2);
  });

  it('counts as gone when a minute has shown nothing else', async () => {
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    wiki.stub.directory.reset();
    const began = Date.parse(wiki.clock.now());
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(async () => (await shown('ada'))?.['status'] === 'deleted');
    expect(Date.parse(wiki.clock.now()) - began).toBeGreaterThanOrEqual(60_000);
    await wiki.inSync('ada', 2);
  });

  it('that DELETE does not know is no deletion yet', async () => {
    await wiki.connect({ deprovision: { onLeave: 'delete' } });
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    deny('ada', 2);
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(() => wiki.users('ada').length === 0);
    await wiki.inSync('ada', 2);
  });

  it('of a leaver whose creation got no answer is looked for until it can be seen', async () => {
    await wiki.publish(desired('bob', 1));
    await wiki.inSync('bob', 1);
    wiki.stub.directory.lags = true;
    wiki.stub.faults = { losePostEvery: 1 };
    await wiki.publish(desired('ada', 1));
    await eventually(() => wiki.users('ada').length === 1);
    wiki.stub.faults = {};
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(async () => Number((await shown('ada'))?.['attempts']) >= 2);
    wiki.stub.directory.lags = false;
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
    await wiki.inSync('ada', 2);
    expect(wiki.users('ada')).toHaveLength(1);
  });

  it('of a joiner whose creation got no answer is not made again while searches may not show it', async () => {
    wiki.stub.directory.lags = true;
    wiki.stub.faults = { losePostEvery: 1 };
    await wiki.publish(desired('ada', 1));
    await eventually(() => wiki.users('ada').length === 1);
    wiki.stub.faults = {};
    await wiki.inTime(async () => Number((await shown('ada'))?.['attempts']) >= 2);
    wiki.stub.directory.lags = false;
    await wiki.inTime(async () => (await shown('ada'))?.['inSync'] === true);
    expect(wiki.users('ada')).toHaveLength(1);
  });
});
