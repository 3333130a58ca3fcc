import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';

const hourMs = 3_600_000;
/** Operations looked through for those of the last hour. */
const most = 100_000;

/** What a connector has taken away lately, and of how many. */
@Injectable()
export class LateRemovals {
  constructor(private readonly db: Database) {}

  /** People whose account was disabled or deleted in the last hour, with the time of the last. */
  async lately(connector: string, now: string): Promise<{ identityId: string; atMs: number }[]> {
    const since = new Date(Date.parse(now) - hourMs).toISOString();
    const rows = await this.db.query<{ identity_id: string; at: Date }>(
      // Ids grow with time, so the newest operations come first in the index.
      `select identity_id, max(at) as at from (
         select identity_id, fact, at from operation where connector = $1 order by id desc limit ${most}
       ) o where at > $2::timestamptz and fact in ('AccountDisabled', 'AccountDeleted') group by 1`,
      [connector, since],
    );
    return rows.map(({ identity_id: identityId, at }) => ({ identityId, atMs: at.getTime() }));
  }

  /** Accounts that are active. */
  async activeAccounts(connector: string): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(
      `select count(*)::int as n from account where connector = $1 and status = 'active'`,
      [connector],
    );
    return row?.n ?? 0;
  }
}
