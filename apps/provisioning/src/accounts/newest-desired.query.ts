import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { type DesiredRow, newestDesired } from './desired-row.js';
import type { NewestDesired } from './goal.js';
import { managerAccountSql } from './managers.store.js';

/** What is desired for one person in the applications of a connector now, in order of the applications. */
@Injectable()
export class NewestDesiredRows {
  constructor(private readonly db: Database) {}

  async of(connector: string, identityId: string): Promise<(NewestDesired & { readonly application: string })[]> {
    const rows = await this.db.query<DesiredRow & { readonly application: string } & Record<string, unknown>>(
      `select d.application, d.epoch, d.sequence, d.message_id, d.body,
         ${managerAccountSql('$1')} as manager_account from desired d join application p on p.id = d.application
       where p.connector_id = $1 and d.identity_id = $2 order by d.application`,
      [connector, identityId],
    );
    return rows.map((row) => ({ ...newestDesired(identityId, row), application: row.application }));
  }

  /** How the work on an account stands; null where nothing is desired. */
  async standing(application: string, identityId: string): Promise<Standing | null> {
    const [row] = await this.db.query<StandingRow & Record<string, unknown>>(
      `select dirty, parked_code, parked_detail, attempts, next_attempt_at from desired where application = $1 and identity_id = $2::uuid`,
      [application, identityId],
    );
    if (row === undefined) return null;
    const { dirty, attempts, parked_code: code, parked_detail: detail } = row;
    const parked = code === null ? null : { code, detail: detail ?? '' };
    return { isDone: !dirty, parked, attempts, nextAttemptAt: row.next_attempt_at.toISOString() };
  }
}

/** How the work on one account stands. */
export interface Standing {
  readonly isDone: boolean;
  readonly parked: { readonly code: string; readonly detail: string } | null;
  readonly attempts: number;
  readonly nextAttemptAt: string;
}

interface StandingRow {
  readonly dirty: boolean;
  readonly parked_code: string | null;
  readonly parked_detail: string | null;
  readonly attempts: number;
  readonly next_attempt_at: Date;
}
