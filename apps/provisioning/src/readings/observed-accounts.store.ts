import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { digestOf, type Observed } from './observed.js';

/** What is stored of an account that was shown now. */
export interface KnownNumber {
  readonly accountId: string;
  readonly no: number;
}

/** What became of the accounts of one page. */
export interface Noted {
  readonly numbers: readonly KnownNumber[];
  readonly added: number;
  readonly changed: number;
  readonly returned: number;
}

interface KnownRow {
  readonly account_id: string;
  readonly no: string;
  readonly digest: string;
  readonly missing: boolean;
}

/** Accounts of a connector compared by one query. */
const pageSize = 5_000;

/** What applications showed of their accounts. What is shown as before is not written again. */
@Injectable()
export class ObservedAccounts {
  constructor(private readonly db: Database) {}

  /** Accounts that were shown at the last reading that was believed. */
  async present(connector: string): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(
      `select count(*)::int as n from observed_account where connector = $1 and missing_since is null`,
      [connector],
    );
    return row?.n ?? 0;
  }

  /** Stores what is new or shown otherwise. Each account is to be there once. */
  async note(connector: string, shown: readonly Observed[], now: string): Promise<Noted> {
    if (shown.length === 0) return { numbers: [], added: 0, changed: 0, returned: 0 };
    const rows = await this.db.query<KnownRow & Record<string, unknown>>(
      `select account_id, no, digest, missing_since is not null as missing from observed_account
       where connector = $1 and account_id = any($2::text[])`,
      [connector, shown.map(({ accountId }) => accountId)],
    );
    const known = new Map(rows.map((row) => [row.account_id, row]));
    const digested = shown.map((observed) => ({ observed, digest: digestOf(observed) }));
    const news = digested.filter(({ observed, digest }) => {
      const row = known.get(observed.accountId);
      return row === undefined || row.missing || row.digest !== digest;
    });
    const written = await this.write(connector, news, now);
    const before = news.map(({ observed }) => known.get(observed.accountId));
    return {
      numbers: [...rows.map(numberOf), ...written.filter(({ accountId }) => !known.has(accountId))],
      added: before.filter((row) => row === undefined).length,
      changed: before.filter((row) => row?.missing === false).length,
      returned: before.filter((row) => row?.missing === true).length,
    };
  }

  private async write(
    connector: string,
    news: readonly { readonly observed: Observed; readonly digest: string }[],
    now: string,
  ): Promise<KnownNumber[]> {
    if (news.length === 0) return [];
    const rows = news.map(({ observed: { accountId, userName, externalId, active, createdAt, shown }, digest }) => ({
      account_id: accountId,
      digest,
      user_name: userName,
      external_id: externalId,
      active,
      created_at: createdAt,
      shown,
    }));
    const written = await this.db.query<{ account_id: string; no: string }>(
      `insert into observed_account (connector, account_id, digest, user_name, external_id, active, created_at, shown, first_seen_at, changed_at)
       select $1, x.*, $3::timestamptz, $3::timestamptz from jsonb_to_recordset($2::jsonb)
         as x(account_id text, digest text, user_name text, external_id text, active boolean, created_at text, shown jsonb)
       on conflict (connector, account_id) do update set digest = excluded.digest, user_name = excluded.user_name,
         external_id = excluded.external_id, active = excluded.active, created_at = excluded.created_at,
         before = observed_account.shown, shown = excluded.shown,
         changed_at = excluded.changed_at, missing_since = null
       returning account_id, no`,
      [connector, JSON.stringify(rows), now],
    );
    return written.map(numberOf);
  }

  /** Numbers of accounts that count as there, page by page. */
  async numbers(connector: string, after: number): Promise<KnownNumber[]> {
    const rows = await this.db.query<{ account_id: string; no: string }>(
      `select account_id, no from observed_account where connector = $1 and no > $2 and missing_since is null order by no limit $3`,
      [connector, after, pageSize],
    );
    return rows.map(numberOf);
  }

  /** These accounts were not shown by a reading that is believed. */
  async miss(connector: string, numbers: readonly number[], now: string): Promise<void> {
    if (numbers.length === 0) return;
    await this.db.query(
      `update observed_account set missing_since = $3::timestamptz where connector = $1 and no = any($2::bigint[]) and missing_since is null`,
      [connector, numbers, now],
    );
  }

  /** Has the hub changed any account since? */
  async touchedSince(connector: string, since: string): Promise<boolean> {
    const rows = await this.db.query(
      `select 1 as one from account where connector = $1 and updated_at >= $2::timestamptz limit 1`,
      [connector, since],
    );
    return rows.length > 0;
  }

  /**
   * Accounts that the hub made or took over, and has not touched since `before`, page by page, each with its number where it
   * was observed once.
   */
  async kept(
    connector: string,
    before: string,
    after: string,
  ): Promise<{ readonly accountId: string; readonly no: number | null }[]> {
    const rows = await this.db.query<{ account_id: string; no: string | null }>(
      `select a.account_id, o.no from account a
         left join observed_account o on o.connector = a.connector and o.account_id = a.account_id and o.missing_since is null
       where a.connector = $1 and a.account_id > $2 and a.status in ('active', 'disabled') and a.updated_at < $3::timestamptz
       order by a.account_id limit $4`,
      [connector, after, before, pageSize],
    );
    return rows.map(({ account_id, no }) => ({ accountId: account_id, no: no === null ? null : Number(no) }));
  }
}

const numberOf = ({ account_id, no }: { readonly account_id: string; readonly no: string }): KnownNumber => ({
  accountId: account_id,
  no: Number(no),
});
