import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import type { StubReply } from '../../../../test/targets/scim-stub.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

type Shown = Record<string, unknown>;

describe('what a result says of a call', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());

  const failures = async (name: string): Promise<unknown[]> =>
    (await wiki.results())
      .filter(({ type, body }) => type.includes('.failed.') && body.identity === personId(name))
      .map(({ body: { kind, status, code, effect } }) => [kind, status, code, effect]);
  const seen = async (name: string, type: string): Promise<[unknown, unknown][]> =>
    (await wiki.results())
      .filter((one) => one.type === `hub.provisioning.${type}.v1` && one.body.identity === personId(name))
      .map(({ body }) => [body.status, body.seen]);

  it('nothing was done where nobody listened, or where it was refused', async () => {
    await wiki.connect({ baseUrl: 'http://127.0.0.1:9/scim/v2' });
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await failures('ada')).length === 1);
    await wiki.connect();
    wiki.stub.faults = { refuseEvery: 1, refuseWith: 400 };
    wiki.clock.advance(60_000);
    await eventually(async () => (await wiki.parked()).length === 1);
    expect(await failures('ada')).toEqual([
      ['create-account', null, 'unreachable', 'none'],
      ['create-account', 400, 'validation', 'none'],
    ]);
  });

  it('what was done is unknown where the answer stayed away, and none once it was looked for', async () => {
    await wiki.connect();
    wiki.stub.faults = { refuseEvery: 1, refuseWith: 503 };
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await failures('ada')).length === 1);
    wiki.stub.faults = {};
    await wiki.inTime(() => wiki.users('ada').length === 1);
    expect(await failures('ada')).toEqual([
      ['create-account', 503, 'unavailable', 'unknown'],
      ['create-account', null, 'lost', 'none'],
    ]);
  });

  it('a removal that was answered and did not show may still come about', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    wiki.stub.reply = ({ method }) => (method === 'PATCH' ? { status: 204 } : null);
    await wiki.publish(leaver('ada', 2));
    await eventually(async () => (await failures('ada')).length === 1);
    expect(await failures('ada')).toEqual([['disable-account', 204, 'silent-failure', 'unknown']]);
  });

  it('a removal that was answered counts as possibly done, though reading it back fails', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1, { groups: ['Staff'] }));
    await wiki.inSync('ada', 1);
    wiki.stub.reply = ({ method, url }) =>
      method === 'GET' && /\/(Users|Groups)\/[^?]+$/.test(url) ? { status: 500, body: { detail: 'no' } } : null;
    await wiki.publish(leaver('ada', 2));
    await eventually(async () => (await failures('ada')).length > 0);
    expect((await failures('ada'))[0]).toEqual(['disable-account', 500, 'unavailable', 'unknown']);
    await wiki.call('POST', '/connectors/wiki/pause');
    wiki.stub.reply = () => null;
    await wiki.inTime(async () => (await wiki.results()).some(({ body }) => body.verified === true));
    const shown = (await wiki.call('GET', `/connectors/wiki/operations?filter=effect eq "unknown"`)).body.items;
    expect(shown[0]).toMatchObject({ kind: 'disable-account', effect: 'unknown', seen: null });
  });

  it.each([
    ['its whole', 200, (all: Shown): Shown => all, 'yes'],
    ['nothing but its id', 201, ({ id }: Shown): Shown => ({ id }), 'not-visible'],
    ['it switched off', 201, (all: Shown): Shown => ({ ...all, active: false }), 'contradicted'],
    ['it switched off, in text', 201, (all: Shown): Shown => ({ ...all, active: 'False' }), 'contradicted'],
    ['another', 201, ({ id }: Shown): Shown => ({ id, userName: 'eve' }), 'contradicted'],
  ])('a creation shows %s', async (_, status, show, expected) => {
    await wiki.connect();
    wiki.stub.reply = ({ method }, usual) => (method === 'POST' ? { status, body: show(usual().body as Shown) } : null);
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    expect(await seen('ada', 'account.created')).toEqual([[status, expected]]);
  });

  const then = (show: (all: Shown) => Shown | null) => {
    return ({ method, url }: { method: string; url: string }, usual: () => StubReply): StubReply | null => {
      if (method !== 'PATCH') return null;
      usual();
      const id = url.split('/').at(-1) ?? '';
      const { users, groups } = wiki.stub.dump();
      const one = [...users, ...groups].find((each) => each.id === id) as unknown as Shown;
      const body = show(structuredClone(one));
      return body === null ? { status: 204 } : { status: 200, body };
    };
  };

  it.each([
    ['nothing', (): null => null, 'not-visible'],
    ['all of it', (all: Shown): Shown => all, 'yes'],
    ['some of it', ({ id }: Shown): Shown => ({ id }), 'not-visible'],
    [
      'something else',
      (all: Shown): Shown => ({ ...all, displayName: 'eve', members: [{ value: 'x' }] }),
      'contradicted',
    ],
  ])('a change shows %s', async (_, show, expected) => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    wiki.stub.reply = then(show);
    await wiki.publish(desired('ada', 2, { attributes: { displayName: 'Ada King' }, groups: ['Staff'] }));
    await wiki.inSync('ada', 2);
    wiki.stub.reply = () => null;
    await wiki.publish(leaver('ada', 3));
    await wiki.inSync('ada', 3);
    wiki.stub.reply = then(show);
    await wiki.publish(desired('ada', 4, { attributes: { displayName: 'Ada King' } }));
    await wiki.inSync('ada', 4);
    for (const type of ['account.updated', 'membership.added'])
      expect([type, (await seen('ada', type)).map(([, what]) => what)]).toEqual([type, [expected]]);
    const enabled = expected === 'contradicted' ? 'yes' : expected;
    expect((await seen('ada', 'account.enabled')).map(([, what]) => what)).toEqual([enabled]);
  });

  it('an enabling that shows the account switched off waits for a person', async () => {
    await wiki.connect();
    await wiki.publish(desired('ada', 1));
    await wiki.inSync('ada', 1);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    wiki.stub.reply = then((all) => ({ ...all, active: false }));
    await wiki.publish(desired('ada', 3));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect((await wiki.parked())[0]?.code).toBe('inactive');
    expect((await seen('ada', 'account.enabled')).map(([, what]) => what)).toEqual(['contradicted']);
  });
});
