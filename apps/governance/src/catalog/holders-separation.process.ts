import { Injectable } from '@nestjs/common';
import { Violations } from '../people/people.exports.js';
import { nameOf, type AccessPackage, type CatalogSnapshot } from '../policy/policy.exports.js';
import { ChangeSeparatesHolders } from './catalog.errors.js';
import { Catalog } from './catalog.query.js';

/** Nobody comes to have what is separated because a package that they hold begins to grant more. */
@Injectable()
export class HoldersSeparation {
  constructor(
    private readonly catalog: Catalog,
    private readonly violations: Violations,
  ) {}

  /** @throws ChangeSeparatesHolders */
  async check(id: string, document: AccessPackage): Promise<void> {
    const before = await this.catalog.current();
    if (before.accessPackage(id) === undefined) return;
    const after = before.with({ kind: 'access-package', id, document });
    if (after.separation.isEmpty || !meansMore(id, before, after)) return;
    const { count, people } = await this.violations.broughtBy([id, ...after.includersOf(id)], before, after);
    if (count > 0) throw new ChangeSeparatesHolders(count, people);
  }
}

function meansMore(id: string, before: CatalogSnapshot, after: CatalogSnapshot): boolean {
  const namesIn = (catalog: CatalogSnapshot): string[] =>
    [...catalog.withIncluded(id), ...catalog.grantsOf(id)].map(nameOf);
  const known = new Set(namesIn(before));
  return namesIn(after).some((name) => !known.has(name));
}
