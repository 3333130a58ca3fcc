import { Injectable } from '@nestjs/common';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { Database } from '#libs/event-store/database.js';
import type { StoredState } from '#libs/event-store/event-stream.js';
import { refusalCodes } from '#libs/outgoing/classify.js';
import {
  account,
  type Account,
  Accounts,
  type CausedBy,
  managerAccountSql,
  noRoom,
  type Priority,
  releaseParked,
} from '../../accounts/accounts.exports.js';

/** One identity in one application whose account may differ from what it should be. */
export interface DueAccount {
  readonly application: string;
  readonly identityId: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly messageId: string;
  readonly correlationId: string;
  readonly priority: Priority;
  readonly body: DesiredAccessMessage;
  /** Id of the manager's account in the same application; null for none, or where no value depends on it. */
  readonly managerAccount: string | null;
  /** Failed attempts in a row. */
  readonly attempts: number;
  /** Instant of the first of them; null for none. */
  readonly failingSince: string | null;
  readonly causedBy: CausedBy;
  /** When the desired access arrived. */
  readonly receivedAt: string;
  /** How often something was asked for beside desired access. */
  readonly asked: number;
  /** A userName that the account is to give up to somebody else; null for none. */
  readonly givesUp: string | null;
  /** An account that counts as gone is looked for again. */
  readonly lookAgain: boolean;
  /** Version of the account's stream; 0 for none. */
  readonly version: number;
  readonly state: Account;
}

interface Row {
  readonly application: string;
  readonly identity_id: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly message_id: string;
  readonly correlation_id: string;
  readonly priority: Priority;
  readonly body: DesiredAccessMessage;
  readonly attempts: number;
  readonly failing_since: Date | null;
  readonly caused_by: CausedBy;
  readonly received_at: Date;
  readonly asked: number;
  readonly gives_up: string | null;
  readonly look_again: boolean;
  readonly manager_account: string | null;
  readonly version: number | null;
  readonly fold: number | null;
  readonly state: unknown;
}

/** Which due accounts are looked for. */
export interface DueSearch {
  readonly application: string;
  readonly now: string;
  readonly limit: number;
  /** Identities in work. */
  readonly except: readonly string[];
  /** Only accounts of this urgency or more. */
  readonly lowest: Priority;
  /** A value depends on the manager's account. */
  readonly readsManager: boolean;
  /** Only people of released previews are worked on. */
  readonly pilot: boolean;
  /** Only what is exactly as urgent as `lowest`. */
  readonly exactly?: boolean | undefined;
  /** Only this person; absent for everybody. */
  readonly only?: string | undefined;
}

/** SQL: accounts of the application whose time has come, of one kind, most urgent first. */
const dueSql = (kind: string, { only, exactly }: Pick<DueSearch, 'only' | 'exactly'>): string => `select * from desired
  where application = $2 and dirty and ${kind} and priority ${exactly === true ? '=' : '<='} $6 and next_attempt_at <= $3::timestamptz
    and identity_id <> all($5::uuid[])
    and identity_id <> all(array(select identity_id from awaiting_release where connector = $1))
    and (not $8::boolean or identity_id in (select identity_id from released_person where connector = $1)) ${only === undefined ? '' : 'and identity_id = $9::uuid'}
  order by priority, next_attempt_at limit $4`;

/** Due accounts, most urgent first. Those for which the application had no room are tried again while they wait for a person. The cost grows with the due accounts, not with all accounts. */
@Injectable()
export class DueAccounts {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
  ) {}

  /** Accounts in work whose owner must lose access now. */
  async overtaken(
    application: string,
    held: readonly { readonly identityId: string; readonly epoch: number; readonly sequence: number }[],
  ): Promise<string[]> {
    const rows = await this.db.query<{ identity_id: string }>(
      // Few people must lose access: they are found first, then compared with the accounts in work.
      `select d.identity_id from (
         select identity_id, epoch, sequence from desired
         where application = $1 and dirty and parked_code is null and priority = 0 offset 0
       ) d join unnest($2::uuid[], $3::int[], $4::int[]) as h(identity_id, epoch, sequence) on h.identity_id = d.identity_id
       where (d.epoch, d.sequence) > (h.epoch, h.sequence)`,
      [application, held.map((one) => one.identityId), held.map((one) => one.epoch), held.map((one) => one.sequence)],
    );
    return rows.map((row) => row.identity_id);
  }

  /** Accounts that were parked for a refusal by the application are due again. */
  async release(applications: readonly string[], identities: readonly string[], now: string): Promise<void> {
    await releaseParked(this.db, { applications, identities, codes: refusalCodes }, now);
  }

  async of(
    connector: string,
    { application, now, limit, except, lowest, readsManager, pilot, only, exactly }: DueSearch,
  ): Promise<DueAccount[]> {
    const rows = await this.db.query<Row>(
      // The limit is before the join: many accounts may wait.
      `select d.application, d.identity_id, d.epoch, d.sequence, d.message_id, d.correlation_id, d.priority, d.body, d.attempts, d.failing_since, d.caused_by, d.received_at, d.asked, d.gives_up, d.look_again,
         case when $7::boolean then ${managerAccountSql('$1')} end as manager_account,
         a.version, a.fold, a.state
       from (
         select * from (
           (${dueSql('parked_code is null', { only, exactly })})
           union all
           (${dueSql(`parked_code = '${noRoom}'`, { only, exactly })})
         ) due order by priority, next_attempt_at limit $4
       ) d left join lateral (
         select version, fold, state from account where connector = $1 and identity_id = d.identity_id limit 1
       ) a on true
       order by d.priority, d.next_attempt_at`,
      [connector, application, now, limit, except, lowest, readsManager, pilot, ...(only === undefined ? [] : [only])],
    );
    const known = await this.accounts.loadRows(rows.flatMap((row) => storedOf(row, connector)));
    const byId = new Map(known.map((loaded) => [loaded.id, loaded]));
    return rows.map((row) => ({
      application: row.application,
      identityId: row.identity_id,
      epoch: row.epoch,
      sequence: row.sequence,
      messageId: row.message_id,
      correlationId: row.correlation_id,
      priority: row.priority,
      body: row.body,
      managerAccount: row.manager_account,
      attempts: row.attempts,
      failingSince: row.attempts === 0 ? null : (row.failing_since?.toISOString() ?? null),
      causedBy: row.caused_by,
      receivedAt: row.received_at.toISOString(),
      asked: row.asked,
      givesUp: row.gives_up,
      lookAgain: row.look_again,
      version: row.version ?? 0,
      state: byId.get(Accounts.idOf(row.identity_id, connector))?.state ?? account.initial,
    }));
  }
}

function storedOf({ identity_id, version, fold, state }: Row, connector: string): StoredState[] {
  return version === null || fold === null ? [] : [{ id: Accounts.idOf(identity_id, connector), version, fold, state }];
}
