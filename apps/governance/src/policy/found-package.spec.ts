import { CatalogSnapshot } from './catalog-snapshot.js';
import { administratorsId } from './documents.js';
import { foundGrant, foundPackageId } from './found-package.js';

describe('what was found in an application, as a package', () => {
  it.each([{ account: true } as const, { group: 'Editors' }, { group: 'a:b:c' }, { role: 'Admin\nof all' }])(
    'grants what it is named after: %j',
    (one) => {
      expect(foundGrant(foundPackageId('wiki-2', one))).toEqual({ application: 'wiki-2', ...one });
    },
  );

  it.each(['wiki-editor', 'as-found', 'as-found:wiki', 'as-found:wiki:group', 'as-found:wiki:other:x'])(
    'is no package with the id %s',
    (id) => {
      expect(foundGrant(id)).toBeNull();
    },
  );

  it('is none that an administrator can define', () => {
    expect(administratorsId.test(foundPackageId('wiki', { account: true }))).toBe(false);
  });

  it('is part of the catalog without a document', () => {
    const catalog = new CatalogSnapshot(1, []);
    const id = foundPackageId('wiki', { group: 'Editors' });
    expect(catalog.grantsOf(id)).toEqual([{ application: 'wiki', group: 'Editors' }]);
    expect(catalog.titleOf('access-package', id).displayName).toBe('group Editors in wiki, as found');
  });
});
