import { CatalogSnapshot, filledDocument, type CatalogEntry } from '../policy/policy.exports.js';
import { newFaults, privilegedFaults } from './privileged.js';

const vault = (privileged: boolean): CatalogEntry => ({
  kind: 'application',
  id: 'vault',
  version: 1,
  document: filledDocument('application', {
    displayName: 'Vault',
    provisionedBy: 'manual',
    entitlements: [{ group: 'Admins', description: null, risk: 'high', owner: null, privileged }],
  }),
});
const packageOf = (id: string, more: object): CatalogEntry => ({
  kind: 'access-package',
  id,
  version: 1,
  document: filledDocument('access-package', { displayName: id, grants: [], ...more }),
});
const rule = (more: object = {}): CatalogEntry => ({
  kind: 'birthright-rule',
  id: 'all',
  version: 1,
  document: filledDocument('birthright-rule', { displayName: 'All', filter: 'id pr', packages: ['root'], ...more }),
});
const grants = [{ application: 'vault', group: 'Admins' }];
const catalog = (...entries: readonly CatalogEntry[]) => new CatalogSnapshot(1, entries);

describe('privileged entitlements', () => {
  it('are given for a time only, also by a package that includes the one which grants them', () => {
    const lasting = catalog(vault(true), packageOf('root', { grants }), packageOf('role', { includes: ['root'] }));
    expect(privilegedFaults(lasting).unlimited).toEqual(['role', 'root']);
    const limited = catalog(vault(true), packageOf('root', { grants, maxDuration: 'P30D' }));
    expect(privilegedFaults(limited)).toEqual({ unlimited: [], rules: [] });
    const plain = catalog(vault(false), packageOf('root', { grants }));
    expect(privilegedFaults(plain).unlimited).toEqual([]);
  });

  it('are never birthright without an exception', () => {
    const root = packageOf('root', { grants, maxDuration: 'P30D' });
    expect(privilegedFaults(catalog(vault(true), root, rule())).rules).toEqual(['all']);
    expect(privilegedFaults(catalog(vault(true), root, rule({ privilegedException: 'On call' }))).rules).toEqual([]);
  });

  it('are no new fault of a change that leaves them as they are, and none of what gives nothing', () => {
    const before = catalog(vault(true), packageOf('root', { grants }), rule());
    expect(newFaults(before, before)).toEqual({ unlimited: [], rules: [] });
    for (const status of ['draft', 'retired'])
      expect(privilegedFaults(catalog(vault(true), packageOf('root', { grants, status })))).toEqual({
        unlimited: [],
        rules: [],
      });
  });
});
