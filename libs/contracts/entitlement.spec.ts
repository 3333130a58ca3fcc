import { describe, expect, it } from '@jest/globals';
import {
  compareEntitlements,
  entitlementFields,
  entitlementKey,
  entitlementOf,
  fieldsOf,
  fullEntitlementKey,
  readEntitlement,
  type EntitlementFields,
} from './entitlement.js';

const all: EntitlementFields[] = [{ account: true }, { group: 'Editors' }, { role: 'Editors' }, { role: 'account' }];

describe('an entitlement', () => {
  it.each(all)('%j is the same value again after it was written as fields', (fields) => {
    expect(fieldsOf(entitlementOf('wiki', fields))).toEqual(fields);
    expect(entitlementFields({ ...fields, ...{ because: [] } })).toEqual(fields);
    expect(readEntitlement({ ...fields, because: [] })).toEqual(fields);
  });

  it('has a key of its own, also beside another kind and another application', () => {
    const keys = ['wiki', 'crm'].flatMap((application) =>
      all.map((fields) => fullEntitlementKey(entitlementOf(application, fields))),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(all.map(entitlementKey)).toEqual(['account', 'group:Editors', 'role:Editors', 'role:account']);
  });

  it('comes after the account, in order of kind and name', () => {
    expect([...all].reverse().sort(compareEntitlements).map(entitlementKey)).toEqual([
      'account',
      'group:Editors',
      'role:Editors',
      'role:account',
    ]);
  });

  it.each([
    null,
    'account',
    {},
    { account: false },
    { group: 1 },
    { group: 'A', role: 'B' },
    { kind: 'group', name: 'A' },
  ])('is not read from %j', (value) => {
    expect(readEntitlement(value)).toBeNull();
  });
});
