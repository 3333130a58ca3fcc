import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { CurrentCatalog } from '../policy/policy.exports.js';

/** Says which packages are a caller's own to assign, revoke and look into. */
@Injectable()
export class OwnedPackages {
  constructor(
    private readonly db: Database,
    private readonly catalog: CurrentCatalog,
  ) {}

  async of({ identity }: Caller): Promise<readonly string[]> {
    if (identity === null) return [];
    const [catalog, rows] = await Promise.all([
      this.catalog.current(),
      this.db.query<{ package_id: string }>(
        `select package_id from assignment where identity_id = $1::uuid and status = 'active'`,
        [identity],
      ),
    ]);
    return catalog.owners.packagesOwnedBy(
      identity,
      rows.map(({ package_id }) => package_id),
    );
  }
}
