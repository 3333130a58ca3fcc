import { CatalogSnapshot, filledDocument, type CatalogEntry } from '../policy/policy.exports.js';
import { newFaults, privilegedFaults, withExceptionEnd } from './privileged.js';

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

describe('the exception by which a rule gives what is privileged', () => {
  const at = '2026-03-02T09:00:00.000Z';
  const usual = '2026-05-31T09:00:00.000Z';
  const exception = (privilegedException: string | null, until: string | null = null) =>
    filledDocument('birthright-rule', {
      displayName: 'All',
      filter: 'id pr',
      packages: [],
      privilegedException,
      privilegedExceptionUntil: until,
    });
  const endOf = (...of: Parameters<typeof withExceptionEnd>) => withExceptionEnd(...of).privilegedExceptionUntil;

  it('ends when it says, after 90 days where it does not, and when it did where it is the same', () => {
    expect(endOf(exception('On call', '2027-01-01T00:00:00.000Z'), null, at)).toBe('2027-01-01T00:00:00.000Z');
    expect(endOf(exception('On call'), null, at)).toBe(usual);
    const former = exception('On call', '2026-04-01T00:00:00.000Z');
    expect(endOf(exception('On call'), former, at)).toBe('2026-04-01T00:00:00.000Z');
    expect(endOf(exception('Repairs'), former, at)).toBe(usual);
    expect(endOf(exception(null), former, at)).toBeNull();
  });

  it('is refused with an end that is past, unless it ended then before', () => {
    const past = exception('On call', '2026-01-01T00:00:00.000Z');
    expect(() => withExceptionEnd(past, null, at)).toThrow();
    expect(withExceptionEnd(past, past, at)).toEqual(past);
  });
});
