import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { type CatalogSnapshot, seesAll } from '../policy/policy.exports.js';
import { ownsRule } from './granting.js';

/** Who a caller is to rules of separation of duties. */
export interface RuleOwner {
  readonly grantedBy: string | null;
  readonly isPolicyAdmin: boolean;
  /** Packages that the caller has now. */
  readonly holds: readonly string[];
}

/** Says which rules are a caller's own. */
@Injectable()
export class RuleOwners {
  constructor(private readonly db: Database) {}

  async of({ identity, roles }: Caller): Promise<RuleOwner> {
    const rows = await this.db.query<{ package_id: string }>(
      `select package_id from assignment where identity_id = $1::uuid and status = 'active'`,
      [identity],
    );
    return {
      grantedBy: identity,
      isPolicyAdmin: roles.includes('policy-admin'),
      holds: rows.map(({ package_id }) => package_id),
    };
  }

  /** Rules that the caller owns; null where they see all. */
  async seenBy(caller: Caller, { separation }: CatalogSnapshot): Promise<readonly string[] | null> {
    if (seesAll(caller)) return null;
    const owner = await this.of(caller);
    return separation.named((owners) => ownsRule({ ...owner, owners }));
  }
}
