import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';

/** Somebody else's account of ours that has a userName in the application. */
export interface NameHolder {
  readonly identityId: string;
  /** Its own work is not done: it may be about to give the name up. */
  readonly due: boolean;
  /** Nobody may use the account: it gives the name to the person who should have it. */
  readonly idle: boolean;
}

/** Which of the accounts that the hub made, or took over, have which userName. */
@Injectable()
export class NameHolders {
  constructor(private readonly db: Database) {}

  /** Another account of the same connector with this userName; null for none. */
  async other(connector: string, userName: string, identityId: string): Promise<NameHolder | null> {
    const [row] = await this.db.query<NameHolder>(
      `select a.identity_id as "identityId", coalesce(d.dirty, false) as due,
         coalesce(d.body->'accounts'->0->>'active', 'false') = 'false' as idle
       from account a left join desired d on d.identity_id = a.identity_id and d.application = a.application
       where a.connector = $1 and lower(a.user_name) = lower($2) and a.identity_id <> $3::uuid and a.account_id is not null
       limit 1`,
      [connector, userName, identityId],
    );
    return row ?? null;
  }
}
