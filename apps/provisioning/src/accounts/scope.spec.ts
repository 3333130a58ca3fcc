import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { isInScope, outOfScopeBecause, parseScope } from './scope.js';

const ada: DesiredAccessMessage = {
  identity: '0198c0de-0000-7000-8000-0000000000a1',
  application: 'wiki',
  status: 'active',
  accounts: [
    {
      type: 'User',
      active: true,
      attributes: { email: 'ada@corp.example', department: 'Sales', custom: { region: 'north' } },
      packages: ['sales-tools'],
      groups: ['Staff'],
    },
  ],
  entitlements: [
    { account: true, because: [] },
    { group: 'Staff', because: [] },
    { role: 'Editor', because: [] },
  ],
};

describe('the scope of a connector', () => {
  it.each([
    ['department eq "sales"', true],
    ['department eq "IT"', false],
    ['packages eq "sales-tools" and groups eq "Staff"', true],
    ['packages eq "Sales-Tools"', false],
    ['roles eq "Editor"', true],
    ['custom.region sw "no"', true],
    ['status eq "on-leave"', false],
    ['userName eq "ada@corp.example"', true],
    ['not (costCenter pr)', true],
  ])('%s: %s', (filter, expected) => {
    expect(isInScope(parseScope(filter), ada)).toBe(expected);
  });

  it('holds everybody where there is none', () => {
    expect(isInScope(null, ada)).toBe(true);
  });

  it('says which condition leaves somebody out', () => {
    const scope = parseScope('status eq "active" and department eq "IT"');
    expect(outOfScopeBecause(scope, ada)).toEqual({
      condition: 'department eq "IT"',
      attribute: 'department',
      saw: 'Sales',
    });
  });

  it.each(['salary gt 1', 'department eq', 'accounts pr'])('%s is refused', (filter) => {
    expect(() => parseScope(filter)).toThrow();
  });
});
