import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';

/** A usable account of somebody who left, as the newest complete reading of its application showed it. */
export interface FoundAccount {
  readonly connector: string;
  readonly application: string;
  /** The application's own id. */
  readonly accountId: string;
  readonly identityId: string | null;
  /** When the person left; when it was seen first where that is not known. */
  readonly decidedAt: string;
}

/** What became of an account with an open exposure. */
export interface LostAccount {
  readonly exposure: string;
  /** `gone`: not shown any more, or shown as inactive; `other`: it is nobody's who left; `still`: as before. */
  readonly now: 'gone' | 'other' | 'still';
  /** The newest complete reading of the application; null for none. */
  readonly reading: string | null;
}

interface FoundRow extends Record<string, unknown> {
  readonly connector: string;
  readonly application: string;
  readonly account_id: string;
  readonly identity_id: string | null;
  readonly decided_at: Date;
}

const newestReading = (connector: string): string => `(select r.id::text from account_reading r
  where r.connector = ${connector} and r.status = 'completed' order by r.requested_at desc limit 1)`;

/** Accounts that readings found and that should not be usable. */
@Injectable()
export class FoundAccountRows {
  constructor(private readonly db: Database) {}

  /** Those without an open exposure. */
  async unopened(limit: number): Promise<FoundAccount[]> {
    const rows = await this.db.query<FoundRow>(
      `select o.connector, p.id as application, o.account_id, o.identity_id, coalesce(k.left_at, o.first_seen_at) as decided_at
       from observed_account o join application p on p.connector_id = o.connector left join known_person k on k.identity = o.identity_id
       where o.classification = 'ghost' and o.missing_since is null and not exists (
         select from exposure e where e.connector = o.connector and e.account_id = o.account_id and e.kind = 'ghost' and e.closed_at is null)
       order by o.connector, o.account_id limit $1`,
      [limit],
    );
    return rows.map(({ connector, application, account_id: accountId, identity_id: identityId, decided_at: at }) => ({
      connector,
      application,
      accountId,
      identityId,
      decidedAt: at.toISOString(),
    }));
  }

  /** What became of those with an open exposure. */
  async open(): Promise<LostAccount[]> {
    return await this.db.query<LostAccount & Record<string, unknown>>(
      `select e.id::text as exposure, case when o.account_id is null or o.missing_since is not null or o.active is false then 'gone'
         when o.classification is distinct from 'ghost' then 'other' else 'still' end as now, ${newestReading('e.connector')} as reading
       from exposure e left join observed_account o on o.connector = e.connector and o.account_id = e.account_id
       where e.closed_at is null and e.kind = 'ghost'`,
    );
  }
}
