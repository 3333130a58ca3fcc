import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import { forgetSubject } from '#libs/event-store/rebuild.js';
import { hrMessage, identityOf, runningGovernance, worker, type RunningGovernance } from '../governance.fixtures.js';
import { Identities } from './identities.stream.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await runningGovernance();
});
afterAll(() => hub.stop());

let count = 0;
/** So many people, each with an address of their own that is also their userName. */
async function people(size: number): Promise<string[]> {
  const ids = Array.from({ length: size }, () => `n${(count += 1)}`);
  await hub.stated(...ids.map((id) => hrMessage('hired', worker(id, { email: addressOf(id) }))));
  return ids;
}
const addressOf = (id: string): string => `${id}@corp.example`;
const nameOf = async (id: string): Promise<string> =>
  (await hub.call('GET', `/identities/${identityOf(id)}`)).body.userName;
const namesOf = (ids: readonly string[]) => Promise.all(ids.map(nameOf));
const given = (id: string, email: string | undefined, sequence = 2) =>
  hrMessage('changed', worker(id, email === undefined ? {} : { email }), sequence, {
    before: { email: addressOf(id) },
  });

type Message = ReturnType<typeof given>;
/** Each order of the messages; at once, and one after the other. */
const ways: [string, (messages: readonly Message[]) => Promise<void>][] = [
  ['at once', (messages) => hub.stated(...messages)],
  ['at once, the other way round', (messages) => hub.stated(...messages.toReversed())],
  ['one after the other', (messages) => oneByOne(messages)],
  ['one after the other, the other way round', (messages) => oneByOne(messages.toReversed())],
];
async function oneByOne(messages: readonly Message[]): Promise<void> {
  for (const message of messages) await hub.stated(message);
}

describe.each(ways)('a person ends with HR’s address as userName, stated %s', (_, state) => {
  it('when it is handed over to somebody who is here', async () => {
    const [a = '', b = ''] = await people(2);
    await state([given(a, `new-${a}@corp.example`), given(b, addressOf(a))]);
    expect(await namesOf([a, b])).toEqual([`new-${a}@corp.example`, addressOf(a)]);
  });

  it('when it is handed over to somebody who is new, in another case', async () => {
    const [a = ''] = await people(1);
    const b = `new-${a}`;
    const other = addressOf(a).toUpperCase();
    await state([given(a, undefined), hrMessage('hired', worker(b, { email: other }))]);
    expect(await nameOf(b)).toBe(other);
    expect(await nameOf(a)).toBe(`given${a}.family${a}`);
  });

  it('when two swap', async () => {
    const [a = '', b = ''] = await people(2);
    await state([given(a, addressOf(b)), given(b, addressOf(a))]);
    expect(await namesOf([a, b])).toEqual([addressOf(b), addressOf(a)]);
  });

  it('when four pass theirs on in a circle', async () => {
    const ids = await people(4);
    const next = (index: number): string => addressOf(ids[(index + 1) % ids.length] ?? '');
    await state(ids.map((id, index) => given(id, next(index))));
    expect(await namesOf(ids)).toEqual(ids.map((_id, index) => next(index)));
  });

  it('when somebody who leaves had it', async () => {
    const [a = ''] = await people(1);
    const b = `new-${a}`;
    const leaving = hrMessage('terminated', worker(a, { email: addressOf(a), terminationDate: '2026-03-01' }), 2);
    await state([leaving, hrMessage('hired', worker(b, { email: addressOf(a) }))]);
    expect(await nameOf(b)).toBe(addressOf(a));
    expect(await nameOf(a)).toBe(`given${a}.family${a}`);
  });
});

/** So many people of one name, without an address. */
async function namesakes(familyName: string, size: number): Promise<string[]> {
  const ids = Array.from({ length: size }, () => `n${(count += 1)}`);
  await hub.stated(...ids.map((id) => hrMessage('hired', worker(id, { givenName: 'John', familyName }))));
  return ids;
}
const leaves = (id: string, familyName: string) =>
  hrMessage('terminated', worker(id, { givenName: 'John', familyName, terminationDate: '2026-03-01' }), 2);

/** As it is done: the key and the rows in one work. */
async function forget(identity: string): Promise<void> {
  const { db, clock } = hub;
  const store = new EventStore(db, new MasterKey(Buffer.alloc(32, 9)), () => clock.now(), await currentEpoch(db));
  new Identities(store);
  await forgetSubject(store, identity);
}

async function rebuildFormerNames(): Promise<void> {
  const { body } = await hub.call('POST', '/rebuilds', { readModel: 'former-name' });
  await eventually(async () => (await hub.call('GET', `/rebuilds/${body.id}`)).body.status === 'completed');
}

describe('a rule for made userNames', () => {
  const rule = (body: object) => hub.call('PUT', '/name-rules/contractors', { displayName: 'Contractors', ...body });
  const pattern = '"x-" & Left([givenName], 1) & "." & [surname]';
  const contractors = async (familyName: string, ...givenNames: string[]): Promise<string[]> => {
    const ids = givenNames.map(() => `c${(count += 1)}`);
    const hired = ids.map((id, index) =>
      worker(id, { employmentType: 'contractor', familyName, givenName: givenNames[index] ?? '' }),
    );
    await hub.stated(...hired.map((one) => hrMessage('hired', one)));
    return ids;
  };

  it('is refused with the field and the mend', async () => {
    for (const [body, pointer, detail] of [
      [{ pattern: 'Join(".", [givenName]' }, '/pattern', 'at '],
      [{ pattern: '[userName]' }, '/pattern', 'give one of'],
      [{ pattern: '[familyName] & Guid()' }, '/pattern', 'uses Guid'],
      [{ pattern: '[familyName]', filter: 'shoe eq 1' }, '/filter', 'shoe'],
      [{}, '/pattern', ''],
    ] as const) {
      const answer = await rule(body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toMatchObject([{ pointer, detail: expect.stringContaining(detail) }]);
    }
  });

  it('makes the names of whom it matches from then on, with numbers of their own, and renames nobody', async () => {
    const [before = ''] = await contractors('Ruled', 'Zoë');
    const { status, body } = await rule({ pattern, filter: 'employmentType eq "contractor"' });
    expect([status, body.version, body.pattern]).toEqual([201, 1, pattern]);
    const made = await contractors('Rüled', 'Zoë', 'Zoran', 'Ada');
    expect((await namesOf(made)).sort()).toEqual(['x-a.ruled', 'x-z.ruled', 'x-z.ruled2']);
    expect(await nameOf(before)).toBe('zoe.ruled');
    const [other = ''] = await namesakes('Ruled', 1);
    expect(await nameOf(other)).toBe('john.ruled');
  });

  it('gives the name of nobody who left', async () => {
    const [left = ''] = await contractors('Gone', 'Ada');
    await hub.stated(leaves(left, 'Gone'));
    expect(await namesOf(await contractors('Gone', 'Ada'))).toEqual(['x-a.gone2']);
  });

  it('may make an address, with the number before it', async () => {
    await rule({ pattern: `${pattern} & "@corp.example"`, filter: 'employmentType eq "contractor"' });
    const made = await namesOf(await contractors('Addressed', 'Ada', 'Ada'));
    expect(made.sort()).toEqual(['x-a.addressed2@corp.example', 'x-a.addressed@corp.example']);
    expect((await hub.call('GET', '/name-rules')).body.items).toMatchObject([{ id: 'contractors', version: 2 }]);
  });
});

describe('a made userName', () => {
  it('has a number from the second namesake on, in one batch and in the next', async () => {
    const first = await namesakes('Batch', 7);
    const next = await namesakes('Batch', 2);
    const made = await namesOf([...first, ...next]);
    expect([...made].sort()).toEqual(['john.batch', ...[2, 3, 4, 5, 6, 7, 8, 9].map((one) => `john.batch${one}`)]);
    expect(made.slice(7)).toEqual(['john.batch8', 'john.batch9']);
  });

  it('of somebody who left is nobody else’s, and theirs again when they come back', async () => {
    const [a = ''] = await namesakes('Leaver', 1);
    await hub.stated(leaves(a, 'Leaver'));
    const [b = ''] = await namesakes('Leaver', 1);
    expect(await nameOf(b)).toBe('john.leaver2');
    await hub.stated(hrMessage('rehired', worker(a, { givenName: 'John', familyName: 'Leaver' }), 3));
    expect(await nameOf(a)).toBe('john.leaver');
  });

  it('that somebody had, and gave up for an address, is nobody else’s, by another process and after a rebuild', async () => {
    const [a = ''] = await namesakes('Given', 1);
    await hub.stated(
      hrMessage('changed', worker(a, { givenName: 'John', familyName: 'Given', email: 'jg@corp.example' }), 2),
    );
    expect(await nameOf(a)).toBe('jg@corp.example');
    const [b = ''] = await namesakes('Given', 1);
    expect(await nameOf(b)).toBe('john.given2');
    await hub.db.query(`delete from former_name`);
    await rebuildFormerNames();
    const [c = ''] = await namesakes('Given', 1);
    expect(await nameOf(c)).toBe('john.given3');
    const [row] = await hub.db.query<{ had: number }>(
      `select count(*)::int as had from former_name where identity_id = $1`,
      [identityOf(a)],
    );
    expect(row?.had).toBe(1);
  });

  it('of a forgotten person is nobody else’s, and nothing says whose it was', async () => {
    const [a = ''] = await namesakes('Forgotten', 1);
    await hub.stated(leaves(a, 'Forgotten'));
    await forget(identityOf(a));
    const [b = ''] = await namesakes('Forgotten', 1);
    expect(await nameOf(b)).toBe('john.forgotten2');
    const found = await hub.db.query(`select 1 from former_name where identity_id = $1`, [identityOf(a)]);
    expect(found).toEqual([]);
  });

  it('is made for somebody who had left before the hub heard of them', async () => {
    await hub.stated(
      hrMessage('terminated', worker('gone', { email: 'gone@corp.example', terminationDate: '2026-03-01' })),
    );
    expect(await nameOf('gone')).toBe('givengone.familygone');
  });

  it('that another process gave away at the same moment is not given twice', async () => {
    const [a = ''] = await namesakes('Other', 1);
    const held = hub.hold(/insert into identity as i/);
    const joining = namesakes('Race', 1);
    await held.arrived;
    // What the other process has committed meanwhile.
    await hub.db.query(`update identity set user_name_key = 'john.race' where id = $1`, [identityOf(a)]);
    held.release();
    const [b = ''] = await joining;
    expect(await nameOf(b)).toBe('john.race2');
  });
});

describe('a userName', () => {
  it('of two who are given the same address is the first one’s until they are given another', async () => {
    const [a = ''] = await people(1);
    const b = `new-${a}`;
    await hub.stated(hrMessage('hired', worker(b, { email: addressOf(a) })));
    expect(await namesOf([a, b])).toEqual([addressOf(a), `givennew${a}.familynew${a}`]);
    await hub.stated(given(a, `other-${a}@corp.example`));
    expect(await namesOf([a, b])).toEqual([`other-${a}@corp.example`, addressOf(a)]);
  });

  it('that is made for a person who gives one up belongs to nobody else', async () => {
    const [a = ''] = await people(1);
    const same = { givenName: `Given${a}`, familyName: `Family${a}` };
    await hub.stated(hrMessage('hired', worker(`same-${a}`, same)), given(a, undefined));
    await hub.stated(hrMessage('hired', worker(`new-${a}`, { email: addressOf(a) })));
    expect(await namesOf([`same-${a}`, `new-${a}`, a])).toEqual([
      `given${a}.family${a}`,
      addressOf(a),
      `given${a}.family${a}2`,
    ]);
  });

  it('that was made from a name never changes with it', async () => {
    await hub.stated(hrMessage('hired', worker('made', {})));
    await hub.stated(hrMessage('changed', worker('made', { familyName: 'Other' }), 2));
    expect(await nameOf('made')).toBe('givenmade.familymade');
  });

  it('that two members decided on at the same moment, each without the other, is looked at again', async () => {
    const [a = ''] = await people(1);
    const b = `new-${a}`;
    await hub.stated(hrMessage('hired', worker(b, { email: addressOf(a) })));
    // What the member that took up the other saw: nobody waits for the name.
    await hub.db.query(`update identity set address_key = null where id = $1`, [identityOf(b)]);
    await hub.stated(given(a, `other-${a}@corp.example`));
    await hub.db.query(`update identity set address_key = $2 where id = $1`, [identityOf(b), addressOf(a)]);
    expect(await nameOf(b)).toBe(`givennew${a}.familynew${a}`);
    hub.clock.advance(5_000);
    await eventually(async () => (await nameOf(b)) === addressOf(a));
  });
});
