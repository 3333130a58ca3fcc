import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { DiscoveredKind } from '../discovery/discovery.exports.js';

/** One group or role of an application. */
export interface EntitlementPlace {
  readonly connector: string;
  readonly kind: DiscoveredKind;
  readonly id: string;
}

/** Holdings compared by one query. */
const pageSize = 5_000;

/** Which accounts hold which groups and roles, as the application showed it. What is as before is not written again. */
@Injectable()
export class ObservedHoldings {
  constructor(private readonly db: Database) {}

  /** Numbers of those accounts that are known, by their ids. */
  async numbersOf(connector: string, accounts: readonly string[]): Promise<number[]> {
    const rows = await this.db.query<{ no: string }>(
      `select no from observed_account where connector = $1 and account_id = any($2::text[])`,
      [connector, accounts],
    );
    return rows.map(({ no }) => Number(no));
  }

  /** Stores those holders that are new. */
  async note({ connector, kind, id }: EntitlementPlace, holders: readonly number[], now: string): Promise<void> {
    if (holders.length === 0) return;
    const known = await this.db.query<{ no: string }>(
      `select account_no as no from observed_holding where connector = $1 and kind = $2 and entitlement_id = $3 and account_no = any($4::bigint[])`,
      [connector, kind, id, holders],
    );
    const had = new Set(known.map(({ no }) => Number(no)));
    const added = holders.filter((one) => !had.has(one));
    if (added.length === 0) return;
    await this.db.query(
      `with changed as (
         update observed_account set holdings_changed_at = $5::timestamptz where connector = $1 and no = any($4::bigint[])
       ), back as (
         delete from lost_holding where connector = $1 and kind = $2 and entitlement_id = $3 and account_no = any($4::bigint[])
       )
       insert into observed_holding (connector, kind, entitlement_id, account_no, first_seen_at)
       select $1, $2, $3, unnest($4::bigint[]), $5::timestamptz on conflict do nothing`,
      [connector, kind, id, added, now],
    );
  }

  /** Holders after a number, in order. */
  async holders({ connector, kind, id }: EntitlementPlace, after: number): Promise<number[]> {
    const rows = await this.db.query<{ no: string }>(
      `select account_no as no from observed_holding
       where connector = $1 and kind = $2 and entitlement_id = $3 and account_no > $4 order by account_no limit $5`,
      [connector, kind, id, after, pageSize],
    );
    return rows.map(({ no }) => Number(no));
  }

  /** What was held once is kept apart: somebody took it. */
  async drop({ connector, kind, id }: EntitlementPlace, holders: readonly number[], now: string): Promise<void> {
    if (holders.length === 0) return;
    await this.db.query(
      `with gone as (
         delete from observed_holding where connector = $1 and kind = $2 and entitlement_id = $3 and account_no = any($4::bigint[])
         returning connector, kind, entitlement_id, account_no
       ), changed as (
         update observed_account set holdings_changed_at = $5::timestamptz where connector = $1 and no = any($4::bigint[])
       )
       insert into lost_holding (connector, kind, entitlement_id, account_no, gone_at) select g.*, $5::timestamptz from gone g
       on conflict (connector, account_no, kind, entitlement_id) do update set gone_at = excluded.gone_at`,
      [connector, kind, id, holders, now],
    );
  }

  /** What one account holds of a kind. */
  async held(connector: string, kind: DiscoveredKind, account: number): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `select entitlement_id as id from observed_holding where connector = $1 and account_no = $3 and kind = $2`,
      [connector, kind, account],
    );
    return rows.map(({ id }) => id);
  }

  /** Nobody holds what is not there any more. */
  async dropGone(connector: string, kind: DiscoveredKind): Promise<void> {
    await this.db.query(
      `delete from observed_holding h using discovered_entitlement d
       where h.connector = $1 and h.kind = $2 and d.connector = h.connector and d.kind = h.kind and d.id = h.entitlement_id and d.gone`,
      [connector, kind],
    );
  }
}
