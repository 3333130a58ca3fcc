import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { type AccessPackage, CurrentCatalog, foundPackagesOf, ownerNames } from '../policy/policy.exports.js';

/** Says which packages are a caller's own to assign, revoke and look into. */
@Injectable()
export class OwnedPackages {
  constructor(
    private readonly db: Database,
    private readonly catalog: CurrentCatalog,
  ) {}

  async of({ identity }: Caller): Promise<readonly string[]> {
    if (identity === null) return [];
    const [{ owners }, holds] = await Promise.all([this.catalog.current(), this.holdsOf(identity)]);
    const found = await this.foundPackages(owners.applicationsOwnedBy(ownerNames(identity, holds)));
    return [...owners.packagesOwnedBy(identity, holds), ...found];
  }

  /** Those of the catalog, drafts too. */
  async defined({ identity }: Caller): Promise<readonly string[]> {
    if (identity === null) return [];
    const [{ owners }, holds] = await Promise.all([this.catalog.current(), this.holdsOf(identity)]);
    return owners.packagesOwnedBy(identity, holds);
  }

  /** May a caller who is no administrator draft this package? */
  async mayDraft({ identity }: Caller, packageId: string, document: AccessPackage): Promise<boolean> {
    if (identity === null) return false;
    const [{ owners }, holds] = await Promise.all([this.catalog.current(), this.holdsOf(identity)]);
    return owners.mayDraft({ id: packageId, document }, identity, holds);
  }

  private async holdsOf(identity: string): Promise<string[]> {
    const rows = await this.db.query<{ package_id: string }>(
      `select package_id from assignment where identity_id = $1::uuid and status = 'active'`,
      [identity],
    );
    return rows.map(({ package_id }) => package_id);
  }

  /** The packages of what was found in these applications: each package in the index is looked at once. */
  private async foundPackages(applications: readonly string[]): Promise<string[]> {
    if (applications.length === 0) return [];
    const rows = await this.db.query<{ id: string }>(
      `with recursive known as (
         (select package_id as id from assignment order by package_id limit 1)
         union all select (select package_id from assignment where package_id > known.id order by package_id limit 1) from known where known.id is not null
       ) select id from known, unnest($1::text[]) as prefix where starts_with(id, prefix)`,
      [applications.map(foundPackagesOf)],
    );
    return rows.map(({ id }) => id);
  }
}
