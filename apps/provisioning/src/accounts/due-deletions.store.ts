import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';

/** Accounts made due by one statement. */
const most = 500;

/** Disabled accounts whose time is over. */
@Injectable()
export class DueDeletions {
  constructor(private readonly db: Database) {}

  /** Has them worked on, after all other work. What waits for a person, or was left as it is by one, stays so. */
  async release(connector: string, now: string): Promise<void> {
    await this.db.query(
      `update desired d set dirty = true, asked = d.asked + 1, attempts = 0, priority = 2, next_attempt_at = $2::timestamptz
       from (
         select a.identity_id, a.application from account a
         join desired o on o.identity_id = a.identity_id and o.application = a.application and not o.dirty and o.dismissed_code is null
         where a.connector = $1 and a.delete_at <= $2::timestamptz order by a.delete_at limit ${most}
       ) due where d.identity_id = due.identity_id and d.application = due.application`,
      [connector, now],
    );
  }
}
