import { jest } from '@jest/globals';
import type { StubUser } from '../../../../test/targets/scim-stub-directory.js';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(90_000);

const named = (name: string, sequence: number, userName: string) =>
  desired(name, sequence, { attributes: { userName, email: userName } });
const address = (name: string): string => `${name}@corp.example`;

describe('an application that lets nobody have a userName twice', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
    wiki.stub.reply = ({ method, url, body }, usual) => {
      const name = /"userName"[^}]*?"value":"([^"]+)"|"path":"userName","value":"([^"]+)"|"userName":"([^"]+)"/.exec(
        body,
      );
      const wanted = (name?.[1] ?? name?.[2] ?? name?.[3])?.toLowerCase();
      if (!['POST', 'PATCH', 'PUT'].includes(method) || !url.includes('/Users') || wanted === undefined) return usual();
      const bearer = wiki.stub.dump().users.find(({ userName }) => userName?.toLowerCase() === wanted);
      if (bearer === undefined || url.endsWith(`/${bearer.id}`)) return usual();
      return { status: 409, body: { scimType: 'uniqueness', detail: 'userName is taken', status: '409' } };
    };
    await wiki.connect();
    await wiki.publish(desired('ada', 1), desired('bob', 1), desired('cyd', 1));
    for (const name of ['ada', 'bob', 'cyd']) await wiki.inSync(name, 1);
  });
  afterEach(() => wiki.stop());

  const userOf = (name: string): StubUser | undefined =>
    wiki.stub.dump().users.find(({ externalId }) => externalId === personId(name));
  const become = (names: Readonly<Record<string, string>>): Promise<boolean> =>
    wiki.inTime(() => Object.entries(names).every(([name, as]) => userOf(name)?.userName === address(as)));

  it.each([
    ['giver first', [named('ada', 2, address('new')), named('bob', 2, address('ada'))]],
    ['taker first', [named('bob', 2, address('ada')), named('ada', 2, address('new'))]],
  ])('ends with a name handed over, %s', async (_, messages) => {
    for (const message of messages) {
      await wiki.publish(message);
      await wiki.quiescence();
    }
    expect(await become({ ada: 'new', bob: 'ada' })).toBe(true);
    expect(await wiki.parked()).toEqual([]);
  });

  it('ends with a name handed to somebody new, who was there first', async () => {
    await wiki.publish(named('dan', 1, address('ada')));
    await wiki.quiescence();
    await wiki.publish(named('ada', 2, address('new')));
    expect(await become({ ada: 'new', dan: 'ada' })).toBe(true);
    expect(await wiki.parked()).toEqual([]);
  });

  it('ends with the names that two swapped', async () => {
    await wiki.publish(named('ada', 2, address('bob')), named('bob', 2, address('ada')));
    expect(await become({ ada: 'bob', bob: 'ada' })).toBe(true);
    await wiki.inSync('ada', 2);
    await wiki.inSync('bob', 2);
    expect(await wiki.parked()).toEqual([]);
  });

  it('ends with the names that three passed on in a circle', async () => {
    await wiki.publish(
      named('ada', 2, address('bob')),
      named('bob', 2, address('cyd')),
      named('cyd', 2, address('ada')),
    );
    expect(await become({ ada: 'bob', bob: 'cyd', cyd: 'ada' })).toBe(true);
  });

  it('is listed with who cannot have a name, because another account keeps it', async () => {
    await wiki.publish(named('dan', 1, address('ada')));
    await wiki.inTime(async () => (await wiki.parked()).length > 0, 20_000);
    expect(await wiki.parked()).toMatchObject([{ code: 'name-taken' }]);
    expect(userOf('dan')).toBeUndefined();
  });

  const leaves = async (name: string): Promise<void> => {
    await wiki.publish(leaver(name, 2));
    await wiki.inSync(name, 2);
  };
  const aside = (name: string): string => address(`${name}.${personId(name).slice(0, 8)}`);
  const isParked = async (name: string): Promise<boolean> =>
    (await wiki.parked()).some(({ id, code }) => id === personId(name) && code === 'name-taken');

  it('ends with the name that HR handed to a hire, whose former bearer left: the disabled account gives way', async () => {
    await leaves('ada');
    await wiki.publish(named('dan', 1, address('ada')));
    expect(await become({ dan: 'ada' })).toBe(true);
    await wiki.inSync('dan', 1);
    expect(userOf('ada')).toMatchObject({
      userName: aside('ada'),
      active: false,
      emails: [{ value: aside('ada'), type: 'work', primary: true }],
    });
    expect(await wiki.parked()).toEqual([]);
    const told = (await wiki.results()).filter(({ body }) => body.reason !== undefined);
    const why = [personId('ada'), 'update-account', 'name-handed-over'];
    expect(told.map(({ type, body }) => [type, body.identity, body.kind, body.reason])).toEqual([
      ['hub.provisioning.operation.started.v1', ...why],
      ['hub.provisioning.account.updated.v1', ...why],
    ]);
  });

  it.each([
    ['only lost the application', {}, () => wiki.publish(desired('ada', 2, { active: false }))],
    [
      'left, and whose account cannot be deleted',
      { deprovision: { onUnassign: 'disable', onLeave: 'delete' } },
      async () => {
        wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'DELETE', refuseWith: 405 };
        await wiki.publish(leaver('ada', 2));
        await eventually(async () => (await wiki.parked()).length === 1);
      },
    ],
  ])('ends with the name of somebody who %s', async (_, document, goes) => {
    await wiki.connect(document);
    await goes();
    await eventually(() => userOf('ada')?.active === false);
    await wiki.publish(named('dan', 1, address('ada').toUpperCase()));
    await wiki.inTime(() => userOf('dan')?.userName === address('ada').toUpperCase());
    expect(userOf('ada')?.userName).toBe(aside('ada'));
    expect(await isParked('dan')).toBe(false);
  });

  it('ends with it where externalIds are not kept', async () => {
    wiki.stub.directory.dropsExternalId = true;
    await wiki.publish(desired('eve', 1));
    await wiki.inSync('eve', 1);
    const { id } = wiki.users('eve')[0] ?? {};
    await leaves('eve');
    await wiki.publish(named('dan', 1, address('eve')));
    await wiki.inTime(() => wiki.users('eve')[0]?.active === true);
    expect(wiki.users('eve')).toHaveLength(1);
    expect(wiki.users('eve')[0]?.id).not.toBe(id);
  });

  it.each([
    ['is given another name', () => wiki.publish(named('ada', 2, address('new')))],
    ['leaves', () => wiki.publish(leaver('ada', 2))],
    ['loses the application', () => wiki.publish(desired('ada', 2, { active: false }))],
    [
      'is renamed by hand',
      () => {
        const user = userOf('ada');
        if (user !== undefined) {
          wiki.stub.directory.answer(
            'PATCH',
            `/Users/${user.id}`,
            JSON.stringify({ Operations: [{ op: 'replace', path: 'userName', value: address('hand') }] }),
          );
        }
      },
    ],
    ['is deleted by hand', () => void wiki.stub.directory.answer('DELETE', `/Users/${userOf('ada')?.id ?? ''}`, '')],
  ])('who waits parked for a name continues when the account that has it %s', async (_, frees) => {
    await wiki.publish(named('dan', 1, address('ada')));
    await wiki.inTime(() => isParked('dan'), 20_000);
    wiki.clock.advance(1_000);
    await Promise.resolve(frees());
    await wiki.inTime(() => userOf('dan')?.userName === address('ada'));
    await wiki.inSync('dan', 1);
    expect(await isParked('dan')).toBe(false);
  });

  it('lists both where the application lets nobody rename the account of somebody who left', async () => {
    await leaves('ada');
    const { id = '' } = userOf('ada') ?? {};
    wiki.stub.reply = ({ method, url, body }, usual) => {
      if (method === 'PATCH' && url.endsWith(`/${id}`)) return { status: 400, body: { scimType: 'mutability' } };
      if (method === 'POST' && body.includes(address('ada'))) return { status: 409, body: { scimType: 'uniqueness' } };
      return usual();
    };
    await wiki.publish(named('dan', 1, address('ada')));
    await wiki.inTime(async () => (await wiki.parked()).length === 2, 20_000);
    const codes = new Map((await wiki.parked()).map(({ id: identity, code }) => [identity, code]));
    expect([codes.get(personId('dan')), codes.get(personId('ada'))]).toEqual(['name-taken', 'validation']);
    await wiki.quiescence();
    expect((await wiki.parked()).length).toBe(2);
  });
});
