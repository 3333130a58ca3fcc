import { AddressGuard } from '#libs/outgoing/address-guard.js';
import type { ScimUser } from '#libs/scim/client/resources.js';
import { ScimClient } from '#libs/scim/client/scim-client.js';
import { startScimmyServer } from '../../../../test/targets/scimmy-server.js';
import type { Attributes } from './account.events.js';
import { needsReading, patchOf, resourceOf } from './scim-attributes.js';

const phone = 'phoneNumbers[type eq "work"].value';
const shown = 'phoneNumbers[type eq "work"].display';
const user = (phoneNumbers: object[]): ScimUser => ({ id: 'u1', phoneNumbers });

describe('changing one entry of a list', () => {
  it('adds it whole, with all its parts, where it is not there', () => {
    expect(patchOf({ [phone]: '1', [shown]: 'one' }, {})).toEqual([
      { op: 'add', path: 'phoneNumbers', value: [{ type: 'work', value: '1', display: 'one' }] },
    ]);
  });

  it('removes it whole once nothing of it is left', () => {
    const gone = [{ op: 'remove', path: 'phoneNumbers[type eq "work"]' }];
    expect(patchOf({ [phone]: null }, { [phone]: '1' })).toEqual(gone);
    expect(patchOf({ [phone]: null, [shown]: null }, { [phone]: '1', [shown]: 'one' })).toEqual(gone);
  });

  it('changes parts of one that stays', () => {
    expect(patchOf({ [phone]: null, [shown]: 'two' }, { [phone]: '1', [shown]: 'one' })).toEqual([
      { op: 'remove', path: phone },
      { op: 'replace', path: shown, value: 'two' },
    ]);
    expect(patchOf({ [phone]: '2' }, { [shown]: 'one' })).toEqual([{ op: 'replace', path: phone, value: '2' }]);
  });

  it('takes over one that somebody else left there, also half of one', () => {
    expect(needsReading({ [phone]: '1' }, {})).toBe(true);
    expect([needsReading({ [phone]: '1' }, { [phone]: '0' }), needsReading({ [phone]: null }, {})]).toEqual([
      false,
      false,
    ]);
    const replaced = [{ op: 'replace', path: phone, value: '1' }];
    expect(patchOf({ [phone]: '1' }, {}, user([{ type: 'Work' }]))).toEqual(replaced);
    expect(patchOf({ [phone]: '1' }, {}, user([{ type: 'home', value: '9' }]))).toMatchObject([{ op: 'add' }]);
  });

  it('works in an extension, too', () => {
    const path = 'urn:example:2.0:User:desks[kind eq "main"].floor';
    expect(patchOf({ [path]: '3' }, {})).toEqual([
      { op: 'add', path: 'urn:example:2.0:User:desks', value: [{ kind: 'main', floor: '3' }] },
    ]);
    expect(patchOf({ [path]: null }, { [path]: '3' })).toEqual([
      { op: 'remove', path: 'urn:example:2.0:User:desks[kind eq "main"]' },
    ]);
  });

  it('set, cleared and set again is there once on a server by other people', async () => {
    const server = await startScimmyServer({ port: 0, token: 't' });
    const client = new ScimClient({
      baseUrl: `http://127.0.0.1:${server.port}/scim/v2`,
      auth: { type: 'bearer', token: () => 't' },
      guard: new AddressGuard([], true),
      connections: 1,
      nowMs: () => Date.now(),
    });
    try {
      const { id } = await client.createUser(resourceOf({ userName: 'ada', [phone]: '1' }, 'e-1'));
      let before: Attributes = { [phone]: '1' };
      const change = async (changes: Attributes): Promise<unknown> => {
        const now = needsReading(changes, before) ? await client.getUser(id) : null;
        await client.patchUser(id, patchOf(changes, before, now));
        before = Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));
        return (await client.getUser(id))['phoneNumbers'] ?? [];
      };
      expect(await change({ [phone]: null })).toEqual([]);
      expect(await change({ [phone]: '2', [shown]: 'two' })).toEqual([{ type: 'work', value: '2', display: 'two' }]);
      expect(await change({ [phone]: '3', [shown]: null })).toMatchObject([{ type: 'work', value: '3' }]);
      expect(await change({ [phone]: null })).toEqual([]);
    } finally {
      await client.destroy();
      await server.stop();
    }
  });
});
