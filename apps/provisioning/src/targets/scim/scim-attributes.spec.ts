import type { ScimUser } from '#libs/scim/client/resources.js';
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
    expect([needsReading({ [phone]: null }), needsReading({ emails: [] })]).toEqual([true, false]);
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

  it('leaves what somebody wrote into an address beside ours, but no half of a number', () => {
    const city = 'addresses[type eq "work"].locality';
    const shown = { id: 'u1', addresses: [{ type: 'work', locality: 'Bern', streetAddress: 'Gasse 1' }] };
    expect(patchOf({ [city]: null }, { [city]: 'Bern' }, shown)).toEqual([{ op: 'remove', path: city }]);
    const half = user([{ type: 'work', value: '1', display: 'Desk', primary: true }]);
    expect(patchOf({ [phone]: null }, { [phone]: '1' }, half)).toEqual([
      { op: 'remove', path: 'phoneNumbers[type eq "work"]' },
    ]);
  });

  it('makes no entry of a mark alone', () => {
    const primary = 'emails[type eq "work"].primary';
    const value = 'emails[type eq "work"].value';
    expect(resourceOf({ [primary]: true }, null)).not.toHaveProperty('emails');
    expect(patchOf({ [primary]: true }, {})).toEqual([]);
    expect(patchOf({ [value]: null }, { [value]: 'a', [primary]: true })).toEqual([
      { op: 'remove', path: 'emails[type eq "work"]' },
    ]);
    expect(patchOf({ [value]: 'b' }, { [primary]: true }, { id: 'u1' })).toEqual([
      { op: 'add', path: 'emails', value: [{ type: 'work', primary: true, value: 'b' }] },
    ]);
  });

  it.each([
    [
      'a second one by hand',
      [
        { type: 'work', value: '5' },
        { type: 'work', value: '1' },
      ],
      [{ type: 'work', value: '5' }],
    ],
    ['one left half', [{ type: 'work' }, { type: 'work', value: '1' }], []],
    [
      'one doubled',
      [
        { type: 'work', value: '1' },
        { type: 'work', value: '1' },
      ],
      [],
    ],
    ['one without its type', [{ value: '1' }], []],
  ])('of several it changes ours alone: %s', (_, entries, others) => {
    expect(patchOf({ [phone]: '2' }, { [phone]: '1' }, user(entries))).toEqual([
      { op: 'replace', path: 'phoneNumbers', value: [...others, { type: 'work', value: '2' }] },
    ]);
    expect(patchOf({ [phone]: null }, { [phone]: '1' }, user(entries))).toEqual([
      others.length === 0
        ? { op: 'remove', path: 'phoneNumbers' }
        : { op: 'replace', path: 'phoneNumbers', value: others },
    ]);
  });

  it('knows an entry whatever the case of its names', () => {
    const lower = 'phonenumbers[type eq "WORK"].value';
    expect(patchOf({ [lower]: '2' }, {}, user([{ Type: 'work', value: '1' }]))).toEqual([
      { op: 'replace', path: lower, value: '2' },
    ]);
  });

  it('is part of a list that is written as a whole, at creation and later', () => {
    const home = 'emails[type eq "home"].value';
    const emails = [{ type: 'work', value: 'a' }];
    const both = [...emails, { type: 'home', value: 'b' }];
    expect(resourceOf({ [home]: 'b', emails }, null)).toMatchObject({ emails: both });
    expect(patchOf({ emails }, { [home]: 'b' })).toEqual([{ op: 'replace', path: 'emails', value: both }]);
    expect(patchOf({ emails: null }, { [home]: 'b' })).toEqual([
      { op: 'replace', path: 'emails', value: [{ type: 'home', value: 'b' }] },
    ]);
    expect(emails).toEqual([{ type: 'work', value: 'a' }]);
  });
});
