import { Injectable } from '@nestjs/common';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { Database } from '#libs/event-store/database.js';
import type { Account } from '../../accounts/account.js';
import { account } from '../../accounts/account.js';
import type { Priority } from '../../accounts/desired-rows.js';

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
  /** Tries that failed one after the other. */
  readonly attempts: number;
  /** Instant of the first of them; null for none. */
  readonly failingSince: string | null;
  /** A userName that the account is to give up to somebody else; null for none. */
  readonly givesUp: string | null;
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
  readonly gives_up: string | null;
  readonly version: number | null;
  readonly state: Account | null;
}

/** Codes of what the application would not have, whoever it was about. */
const refusalCodes = [
  'forbidden',
  'payment-required',
  'unsupported',
  'validation',
  'not-found',
  'changed-meanwhile',
  'too-large',
];

/** What is due, the most urgent first; cost grows with what is due, not with what there is. */
@Injectable()
export class DueAccounts {
  constructor(private readonly db: Database) {}

  /** Of the accounts being worked on, those whose owner must lose access by now. */
  async overtaken(
    application: string,
    held: readonly { readonly identityId: string; readonly epoch: number; readonly sequence: number }[],
  ): Promise<string[]> {
    const rows = await this.db.query<{ identity_id: string }>(
      // Whoever must lose access is one of few: found first, then looked for among those being worked on.
      `select d.identity_id from (
         select identity_id, epoch, sequence from desired
         where application = $1 and dirty and parked_code is null and priority = 0 offset 0
       ) d join unnest($2::uuid[], $3::int[], $4::int[]) as h(identity_id, epoch, sequence) on h.identity_id = d.identity_id
       where (d.epoch, d.sequence) > (h.epoch, h.sequence)`,
      [application, held.map((one) => one.identityId), held.map((one) => one.epoch), held.map((one) => one.sequence)],
    );
    return rows.map((row) => row.identity_id);
  }

  /** Whoever was parked for a refusal by the application is due again. */
  async release(applications: readonly string[], identities: readonly string[], now: string): Promise<void> {
    await this.db.query(
      `update desired set parked_code = null, parked_detail = null, parked_at = null, next_attempt_at = $3::timestamptz
       where application = any($1::text[]) and identity_id = any($2::uuid[]) and dirty
         and (parked_code is null or parked_code = any($4::text[]))`,
      [applications, identities, now, refusalCodes],
    );
  }

  /** @param except identities being worked on @param lowest only what is at least so urgent */
  async of(
    connector: string,
    application: string,
    now: string,
    limit: number,
    except: readonly string[],
    lowest: Priority,
  ): Promise<DueAccount[]> {
    const rows = await this.db.query<Row>(
      // Cut before it is joined: what waits may be a crowd.
      `select d.application, d.identity_id, d.epoch, d.sequence, d.message_id, d.correlation_id, d.priority, d.body, d.attempts, d.failing_since, d.gives_up,
         a.version, a.state
       from (
         select * from desired
         where application = $2 and dirty and parked_code is null and priority <= $6 and next_attempt_at <= $3::timestamptz
           and identity_id <> all($5::uuid[])
         order by priority, next_attempt_at limit $4
       ) d left join lateral (
         select version, state from account where connector = $1 and identity_id = d.identity_id limit 1
       ) a on true
       order by d.priority, d.next_attempt_at`,
      [connector, application, now, limit, except, lowest],
    );
    return rows.map((row) => ({
      application: row.application,
      identityId: row.identity_id,
      epoch: row.epoch,
      sequence: row.sequence,
      messageId: row.message_id,
      correlationId: row.correlation_id,
      priority: row.priority,
      body: row.body,
      attempts: row.attempts,
      failingSince: row.attempts === 0 ? null : (row.failing_since?.toISOString() ?? null),
      givesUp: row.gives_up,
      version: row.version ?? 0,
      state: { ...account.initial, ...row.state },
    }));
  }
}
