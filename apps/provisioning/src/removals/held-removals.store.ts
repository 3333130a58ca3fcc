import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { removalHeld } from '../accounts/accounts.exports.js';

/** Removals that the limit of a connector holds. */
@Injectable()
export class HeldRemovals {
  constructor(private readonly db: Database) {}

  /** Whose removal is held. @param only of these identities; null for all */
  async of(connector: string, only: readonly string[] | null): Promise<string[]> {
    const rows = await this.db.query<{ identity_id: string }>(
      `select d.identity_id from desired d join application p on p.id = d.application
       where p.connector_id = $1 and d.parked_code = $2 and ($3::uuid[] is null or d.identity_id = any($3::uuid[]))
       order by d.identity_id`,
      [connector, removalHeld, only],
    );
    return rows.map(({ identity_id: id }) => id);
  }
}
