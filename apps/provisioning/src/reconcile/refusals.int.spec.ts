import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import type { StubReply, StubRequest } from '../../../../test/targets/scim-stub.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(90_000);

const refusal = (status: number, detail: string): StubReply => ({ status, body: { status: String(status), detail } });

describe('an application that refuses', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    await wiki.connect();
  });
  afterEach(() => wiki.stop());

  const creates = ({ method, url }: StubRequest): boolean => method === 'POST' && url.endsWith('/Users');
  const changes = ({ method, url }: StubRequest, name: string): boolean =>
    method === 'PATCH' && url.endsWith(`/Users/${wiki.users(name)[0]?.id ?? ''}`);
  const batch = (prefix: string, size: number): string[] => Array.from({ length: size }, (_, n) => `${prefix}${n}`);
  const isOff = (name: string): boolean => wiki.users(name)[0]?.active === false;

  it.each([
    [402, 'payment-required', 'the subscription does not cover this user'],
    [403, 'forbidden', 'this account is protected'],
    [404, 'not-found', 'no such manager'],
    [405, 'unsupported', 'not for service accounts'],
    [412, 'changed-meanwhile', 'somebody is at it'],
    [413, 'too-large', 'too many addresses'],
    [422, 'validation', 'the user name is reserved'],
    [400, 'validation', 'licence limit reached'],
  ])('one account with %i has that account parked, with its words', async (status, code, words) => {
    wiki.stub.reply = (request) => (creates(request) && request.body.includes('ada@') ? refusal(status, words) : null);
    await wiki.publish(desired('ada', 1), desired('bob', 1));
    await eventually(async () => (await wiki.parked()).length === 1);
    await wiki.inSync('bob', 1);
    expect(await wiki.parked()).toMatchObject([{ id: personId('ada'), code, detail: words }]);
    expect(await wiki.health()).toBe('working');
  });

  it('an account without a licence waits for its owner, is tried again every hour, and is made once there is one', async () => {
    wiki.stub.reply = (request) => (creates(request) ? refusal(402, 'no licence is left') : null);
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await wiki.parked()).length === 1);
    const [first] = await wiki.parked();
    const posts = (): number => wiki.stub.counters['POST'] ?? 0;
    const tried = posts();
    wiki.clock.advance(3_000_000);
    await wiki.quiescence();
    expect(posts()).toBe(tried);
    await wiki.inTime(() => posts() > tried, 600_000);
    await wiki.quiescence();
    // It waits since then: its deadline does not begin again with each attempt.
    expect(await wiki.parked()).toEqual([first]);
    wiki.stub.reply = () => null;
    await wiki.inTime(() => wiki.users('ada').length === 1, 600_000);
    await eventually(async () => (await wiki.parked()).length === 0);
  });

  it('the disabling of one protected account keeps nobody else', async () => {
    await wiki.publish(...['ada', 'bob', 'carl'].map((name) => desired(name, 1)));
    for (const name of ['ada', 'bob', 'carl']) await wiki.inSync(name, 1);
    wiki.stub.reply = (request) => (changes(request, 'ada') ? refusal(403, 'the owner cannot be removed') : null);
    await wiki.publish(...['ada', 'bob', 'carl'].map((name) => leaver(name, 2)));
    await eventually(() => isOff('bob') && isOff('carl'));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([{ id: personId('ada'), detail: 'the owner cannot be removed' }]);
    expect(await wiki.health()).toBe('working');
  });

  it('everything, reading too, is about the credentials: nobody is parked', async () => {
    wiki.stub.reply = () => refusal(403, 'your token may do nothing');
    await wiki.publish(desired('ada', 1), desired('bob', 1));
    await eventually(async () => (await wiki.health()) === 'auth-failed');
    expect(await wiki.parked()).toEqual([]);
    wiki.stub.reply = () => null;
    await wiki.inTime(() => wiki.users('ada').length === 1 && wiki.users('bob').length === 1);
  });

  it('many refused joiners hold joiners only: leavers and changes go on, and all come in once it takes them', async () => {
    const staff = batch('s', 5);
    const joiners = batch('j', 40);
    await wiki.publish(...staff.map((name) => desired(name, 1)), desired('ada', 1));
    for (const name of [...staff, 'ada']) await wiki.inSync(name, 1);
    wiki.stub.reply = (request) => (creates(request) ? refusal(403, 'licence limit reached') : null);
    await wiki.publish(...joiners.map((name) => desired(name, 1)));
    await eventually(async () => (await wiki.health()) === 'refusing');
    await wiki.publish(...staff.map((name) => leaver(name, 2)), desired('ada', 2, { groups: ['Staff'] }));
    await eventually(() => staff.every(isOff));
    await wiki.inSync('ada', 2);
    const posts = wiki.stub.counters['POST'] ?? 0;
    for (let minute = 0; minute < 5; minute += 1) {
      wiki.clock.advance(60_000);
      await wiki.quiescence();
    }
    expect((wiki.stub.counters['POST'] ?? 0) - posts).toBeLessThan(15);
    const parked = await wiki.parked();
    expect(parked.length).toBeGreaterThan(0);
    expect(parked).toMatchObject(parked.map(() => ({ code: 'forbidden', detail: 'licence limit reached' })));
    wiki.stub.reply = () => null;
    await wiki.inTime(() => joiners.every((name) => wiki.users(name).length === 1));
    await eventually(async () => (await wiki.parked()).length === 0);
    await eventually(async () => (await wiki.health()) === 'working');
  });

  it('a restart neither forgets whom it refused, nor takes a few single refusals for a kind', async () => {
    const joiners = batch('j', 12);
    await wiki.publish(...batch('s', 3).map((name) => desired(name, 1)));
    for (const name of batch('s', 3)) await wiki.inSync(name, 1);
    wiki.stub.reply = (request) =>
      creates(request) || changes(request, 's0') ? refusal(403, 'licence limit reached') : null;
    await wiki.publish(...joiners.map((name) => desired(name, 1)), desired('s0', 2, { attributes: { nickName: 'S' } }));
    await eventually(async () => (await wiki.health()) === 'refusing');
    await eventually(async () => (await wiki.parked()).length > 0);
    await wiki.quiescence();
    const parked = (await wiki.parked()).map(({ id }) => id).filter((id) => id !== personId('s0'));
    expect(parked.length).toBeGreaterThan(0);
    // Another document: another worker, which knows as little as after a restart.
    await wiki.connect({ limits: { concurrency: 8 } });
    wiki.stub.reply = (request) => (changes(request, 's0') ? refusal(403, 'may not be changed') : null);
    await wiki.inTime(() => joiners.every((name) => wiki.users(name).length === 1), 5_000);
    await eventually(async () => (await wiki.parked()).every(({ id }) => id === personId('s0')));
    await eventually(async () => (await wiki.health()) === 'working');
  });

  it('other credentials are tried for accounts that were refused with the former', async () => {
    wiki.stub.reply = (request) => (creates(request) ? refusal(403, 'read-only token') : null);
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await wiki.parked()).length === 1);
    wiki.stub.reply = () => null;
    await wiki.connect({ auth: { type: 'api-key', header: 'authorization', key: 'Bearer stub-token-5f3a' } });
    await wiki.inSync('ada', 1);
  });

  it('500 for one account alone parks it after some tries, with its words', async () => {
    wiki.stub.reply = (request) =>
      creates(request) && request.body.includes('ada@') ? refusal(500, 'NullPointerException') : null;
    await wiki.publish(desired('ada', 1), desired('bob', 1));
    await wiki.inSync('bob', 1);
    await wiki.inTime(async () => (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([
      { id: personId('ada'), code: 'unavailable', detail: 'NullPointerException' },
    ]);
    expect(await wiki.health()).toBe('working');
  });

  it('some accounts that break it do not keep others from being tried', async () => {
    const broken = batch('b', 6);
    wiki.stub.reply = ({ method, body }) =>
      method === 'POST' && broken.some((name) => body.includes(`${name}@`)) ? refusal(500, 'oops') : null;
    await wiki.publish(...broken.map((name) => desired(name, 1)));
    await eventually(async () => (await wiki.health()) === 'unreachable');
    await wiki.publish(desired('ada', 1));
    await wiki.inTime(() => wiki.users('ada').length === 1);
  });
});
