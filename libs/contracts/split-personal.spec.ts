import { desiredAccessChanged } from './desired-access.js';
import { identityChanged } from './identities.js';
import { splitPersonal } from './split-personal.js';

const identity = '0198c0de-0000-7000-8000-00000000000a';
const approver = '0198c0de-0000-7000-8000-00000000000b';

describe('splitting a message into public and personal', () => {
  it('takes what the contract marks as personal, and leaves ids and states', () => {
    const split = splitPersonal('hub.hr.worker.hired.v1', {
      worker: identity,
      person: approver,
      employed: true,
      onLeave: false,
      attributes: { employeeId: '1001', familyName: 'Lovelace', hireDate: '2026-01-01' },
      before: { department: null },
    });
    expect(split.public).toEqual({ worker: identity, person: approver, employed: true, onLeave: false });
    expect(split.parts).toEqual([
      {
        subject: identity,
        fields: {
          attributes: { employeeId: '1001', familyName: 'Lovelace', hireDate: '2026-01-01' },
          before: { department: null },
        },
      },
    ]);
  });

  it('keeps nested fields at their place', () => {
    const { public: rest, parts } = splitPersonal(desiredAccessChanged, {
      identity,
      application: 'chat',
      status: 'active',
      entitlements: [{ account: true, because: ['x'] }],
      accounts: [{ type: 'User', active: true, attributes: { givenName: 'Ada' }, packages: ['p'], groups: [] }],
    });
    expect(rest).toEqual({
      identity,
      application: 'chat',
      status: 'active',
      entitlements: [{ account: true, because: ['x'] }],
      accounts: [{ type: 'User', active: true, packages: ['p'], groups: [] }],
    });
    expect(parts).toEqual([{ subject: identity, fields: { accounts: [{ attributes: { givenName: 'Ada' } }] } }]);
  });

  it('gives each of two people their own words', () => {
    const { parts } = splitPersonal('hub.governance.request.decided.v1', {
      request: identity,
      package: 'p',
      packageVersion: 1,
      requester: identity,
      beneficiary: identity,
      approver,
      justification: 'I need it',
      comment: 'He does',
    });
    expect(parts).toEqual([
      { subject: identity, fields: { justification: 'I need it' } },
      { subject: approver, fields: { comment: 'He does' } },
    ]);
  });

  it('counts a field that the contract does not name as personal', () => {
    const { public: rest, parts } = splitPersonal(identityChanged, {
      identity,
      status: 'active',
      shoeSize: 42,
      __proto__: null,
    });
    expect(rest).toEqual({ identity, status: 'active' });
    expect(parts).toEqual([{ subject: identity, fields: { shoeSize: 42 } }]);
  });

  it('publishes nothing of a type it does not know', () => {
    expect(splitPersonal('hub.hr.worker.cloned.v9', { name: 'Ada' })).toEqual({ public: {}, parts: [], unowned: [] });
  });

  it('takes names like __proto__ as data', () => {
    const body = JSON.parse(`{"identity":"${identity}","__proto__":{"polluted":true}}`) as object;
    const { parts } = splitPersonal(identityChanged, body);
    expect(JSON.stringify(parts[0]?.fields)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('names what is about somebody whom the message does not name', () => {
    const body = { person: 'p', employed: true, attributes: { familyName: 'Lovelace' } };
    expect(splitPersonal('hub.hr.worker.hired.v1', body)).toMatchObject({ parts: [], unowned: ['attributes'] });
    expect(splitPersonal('hub.governance.application.defined.v1', { novel: 'Ada' })).toMatchObject({
      public: {},
      parts: [],
      unowned: ['novel'],
    });
  });

  it('takes a UUID in letters of either case for one person', () => {
    const identity = '0198C0DE-0000-7000-8000-00000000000A';
    const { parts } = splitPersonal(identityChanged, { identity, displayName: 'Ada' });
    expect(parts.map(({ subject }) => subject)).toEqual([identity.toLowerCase()]);
  });
});
