import { open } from './account.fixtures.js';
import { temporaryName, namesAside, refusedName } from './shared-name.js';
import type { CallResult } from './call-result.js';

const refused = (terms: object): CallResult =>
  ({ is: 'failed', absentBefore: true, failure: { class: 'validation', detail: '', ...terms } }) as CallResult;

describe('a userName that somebody else has', () => {
  const creation = open('create-account');
  it.each([
    [{ is: 'disputed', code: 'account-of-another', detail: '' } as const],
    [{ is: 'disputed', code: 'account-of-unknown', detail: '' } as const],
    [refused({ class: 'conflict', status: 409 })],
    [refused({ detail: 'uniqueness: userName is taken' })],
  ])('is told by %j', (result) => {
    expect(refusedName(creation, result)).toBe('ada@corp.example');
  });
  it('is not told by other refusals, or of what writes no name', () => {
    expect(refusedName(creation, refused({ detail: 'invalidValue' }))).toBeNull();
    expect(refusedName(creation, { is: 'disputed', code: 'duplicate-accounts', detail: '' })).toBeNull();
    expect(refusedName(open('enable-account'), refused({ class: 'conflict' }))).toBeNull();
  });
  it('is made way for with a name of the same form', () => {
    expect(temporaryName('ada@corp.example', '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e')).toBe('ada.8f6f3c1e@corp.example');
    expect(temporaryName('ada', '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e')).toBe('ada.8f6f3c1e');
  });
  it('is given up with the address that is the same, and nothing else', () => {
    const handover = { name: 'ADA@corp.example', aside: 'ada.8f6f3c1e@corp.example' };
    const written = {
      userName: 'ada@corp.example',
      displayName: 'ada@corp.example',
      emails: [{ value: 'Ada@corp.example', type: 'work' }, { value: 'ada@home.example' }],
    };
    expect(namesAside(written, handover)).toEqual({
      userName: handover.aside,
      emails: [{ value: handover.aside, type: 'work' }, { value: 'ada@home.example' }],
    });
    expect(namesAside({ userName: 'ada@corp.example' }, handover)).toEqual({ userName: handover.aside });
    expect(namesAside({ userName: handover.aside, emails: written.emails }, handover)).toBeNull();
  });
});
