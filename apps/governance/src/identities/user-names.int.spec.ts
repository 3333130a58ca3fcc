import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, runningGovernance, worker, type RunningGovernance } from '../governance.fixtures.js';

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
    const id = identityOf(a).slice(0, 4);
    expect(await namesOf([`same-${a}`, `new-${a}`, a])).toEqual([
      `given${a}.family${a}`,
      addressOf(a),
      `given${a}.family${a}.${id}`,
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
