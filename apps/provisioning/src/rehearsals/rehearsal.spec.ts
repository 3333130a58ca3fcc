import { changeOfRehearsal, rehearsalMark, rehearsedName, rehearsedPerson, wholeRehearsal } from './rehearsal.js';

const id = '0190a2c4-5f3a-7000-8000-000000000001';

describe('a rehearsal', () => {
  it('has an account that is marked, and that nobody else has', () => {
    expect(rehearsedName(id, 'corp.example')).toBe(`${rehearsalMark}000000000001@corp.example`);
  });

  it('takes attributes that somebody states for its test identity', () => {
    const [account] = rehearsedPerson(id, 'x@example.com', { department: 'IT', givenName: 'Test' }).accounts;
    expect(account?.attributes).toMatchObject({ id, department: 'IT', givenName: 'Test', familyName: 'Identity Hub' });
  });

  it('changes no attribute that says whose an account is', () => {
    expect(changeOfRehearsal({ userName: 'a', externalId: 'b', title: 'c', displayName: 'd' })).toEqual({
      displayName: 'd 2',
    });
    expect(changeOfRehearsal({ userName: 'a', 'emails[0].value': 'b', 'name.givenName': 'c' })).toEqual({
      'name.givenName': 'c 2',
    });
    expect(changeOfRehearsal({ userName: 'a', name: { givenName: 'b' } })).toBeNull();
  });

  it('says of steps that it did not reach that they were skipped', () => {
    const failed = { name: 'values', outcome: 'failed', detail: 'no department', requests: [] } as const;
    expect(wholeRehearsal([failed]).map(({ outcome }) => outcome)).toEqual([
      'failed',
      ...Array<string>(8).fill('skipped'),
    ]);
  });
});
