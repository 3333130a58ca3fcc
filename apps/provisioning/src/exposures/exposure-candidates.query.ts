import { Injectable } from '@nestjs/common';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { Database } from '#libs/event-store/database.js';
import { type Account, Accounts } from '../accounts/accounts.exports.js';
import type { Exposure } from './exposure.js';
import { Exposures } from './exposures.stream.js';

/** An account of which something may be exposed, or is. */
export interface Candidate {
  readonly connector: string;
  readonly application: string;
  readonly identityId: string;
  /** The newest desired access; null where there is none. */
  readonly desired: {
    readonly body: DesiredAccessMessage;
    readonly messageId: string;
    readonly decidedAt: string;
    readonly receivedAt: string;
    readonly parked: string | null;
    readonly isDismissed: boolean;
  } | null;
  readonly account: Account;
  /** State of the connector's worker; null for none yet. */
  readonly health: string | null;
  /** Code of the last failed attempt; null while none failed. */
  readonly failure: string | null;
  readonly exposure: { readonly id: string; readonly version: number; readonly state: Exposure };
}

/** Where a page ends. */
export interface After {
  readonly connector: string;
  readonly identityId: string;
}

interface Search {
  readonly after: After;
  readonly limit: number;
  /** Also people who keep their account and lose a group or role. */
  readonly everybody: boolean;
}

interface Row extends Record<string, unknown> {
  readonly connector: string;
  readonly application: string;
  readonly identity_id: string;
  readonly body: DesiredAccessMessage | null;
  readonly message_id: string;
  readonly decided_at: Date | null;
  readonly received_at: Date;
  readonly parked_code: string | null;
  readonly dismissed_code: string | null;
  readonly account_version: number;
  readonly account_fold: number;
  readonly account_state: unknown;
  readonly health: string | null;
  readonly failure: string | null;
  readonly exposure_version: number | null;
  readonly exposure_fold: number | null;
  readonly exposure_state: unknown;
}

/** Accounts with open work, with removals that are not verified, or with an open exposure. Closed work costs nothing. */
@Injectable()
export class ExposureCandidates {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
    private readonly exposures: Exposures,
  ) {}

  async page({ after, limit, everybody }: Search): Promise<Candidate[]> {
    const desired = `select p.connector_id as connector, d.identity_id, d.application from desired d join application p on p.id = d.application`;
    const rows = await this.db.query<Row>(
      `with open as (
         ${desired} where d.dirty and (d.priority = 0 or $4::boolean)
         union ${desired} where d.parked_code is not null
         union ${desired} where d.dismissed_code is not null
         union select connector, identity_id, application from account where unverified
         union select connector, identity_id, application from exposure where closed_at is null and kind in ('leaver', 'unassigned')
       )
       select o.connector, o.application, o.identity_id, d.body, d.message_id, d.decided_at, d.received_at, d.parked_code, d.dismissed_code,
         a.version as account_version, a.fold as account_fold, a.state as account_state, h.state as health, f.code as failure,
         e.version as exposure_version, e.fold as exposure_fold, e.state as exposure_state
       from (
         select o.*, a.version as v from open o join account a on a.connector = o.connector and a.identity_id = o.identity_id
         where (o.connector, o.identity_id) > ($1::text, $2::uuid) order by o.connector, o.identity_id limit $3
       ) o
       join account a on a.connector = o.connector and a.identity_id = o.identity_id
       left join desired d on d.identity_id = o.identity_id and d.application = o.application
       left join connector_health h on h.connector = o.connector
       left join exposure e on e.connector = o.connector and e.identity_id = o.identity_id and e.kind in ('leaver', 'unassigned')
       left join lateral (
         select o.code from operation o
         where o.connector = a.connector and o.identity_id = a.identity_id and o.fact = 'OperationFailed' order by o.version desc limit 1
       ) f on d.attempts > 0
       order by o.connector, o.identity_id`,
      [after.connector, after.identityId, limit, everybody],
    );
    return await this.candidates(rows);
  }

  private async candidates(rows: readonly Row[]): Promise<Candidate[]> {
    const accounts = await this.accounts.loadRows(
      rows.map((row) => ({
        id: Accounts.idOf(row.identity_id, row.connector),
        version: row.account_version,
        fold: row.account_fold,
        state: row.account_state,
      })),
    );
    const exposures = await this.exposures.loadRows(
      rows.map((row) => ({
        id: Exposures.idOf(row.connector, row.identity_id),
        version: row.exposure_version ?? 0,
        fold: row.exposure_fold ?? this.exposures.fold,
        state: row.exposure_state,
      })),
    );
    return rows.flatMap((row, index) => {
      const [account, exposure] = [accounts[index], exposures[index]];
      return account === undefined || exposure === undefined ? [] : [candidateOf(row, account.state, exposure)];
    });
  }
}

function candidateOf(row: Row, account: Account, exposure: Candidate['exposure']): Candidate {
  const { connector, application, identity_id: identityId, body, health, failure } = row;
  const desired = body === null ? null : { ...desiredOf(row), body };
  return { connector, application, identityId, desired, account, health, failure, exposure };
}

function desiredOf(row: Row): Omit<NonNullable<Candidate['desired']>, 'body'> {
  return {
    messageId: row.message_id,
    decidedAt: (row.decided_at ?? row.received_at).toISOString(),
    receivedAt: row.received_at.toISOString(),
    parked: row.parked_code,
    isDismissed: row.dismissed_code !== null,
  };
}
