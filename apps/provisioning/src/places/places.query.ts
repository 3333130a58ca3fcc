import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { StoredState } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import { Accounts, lookAgainSql } from '../accounts/accounts.exports.js';
import type { KnownAccount, PlaceRow } from './place.js';

/** A person's confirmation makes this the current, proven place. */
export function stageConfirmation(work: Work, connector: string, place: string, now: string): void {
  work.run(
    `insert into connector_place as p (connector, place, root, first_at, decided, current, proven, confirmed)
     values ($1, $2, $2, $3::timestamptz, true, true, true, true)
     on conflict (connector, place) do update set decided = true, proven = true, confirmed = true`,
    [connector, place, now],
  );
}

/** Accounts of people who should have none, and that count as gone or were never created, are looked up again. Who is to have one is looked for anyway. */
export function stageLookingAgain(work: Work, connector: string, now: string): void {
  work.run(lookAgainSql(''), [connector, now]);
}

const columns = 'place, root, decided, current, proven, confirmed';
/** Number of accounts to look up at a place, from each end of the random ids. */
const sampled = 5;

/** The places of connectors, as they are stored. */
@Injectable()
export class Places {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
  ) {}

  /**
   * Makes `place` the current one. A new place counts as the same as the one before until this is checked; a place that returns must be proven again.
   * @returns every place of the connector, the first one first
   */
  async enter(connector: string, place: string, now: string): Promise<PlaceRow[]> {
    await this.db.query(
      `with before as (
         update connector_place set current = false where connector = $1 and place <> $2 and current returning root
       )
       insert into connector_place as p (connector, place, root, first_at, decided, current, proven, confirmed)
       values ($1, $2, coalesce((select root from before limit 1), $2), $3::timestamptz, (select count(*) from before) = 0, true, false, false)
       on conflict (connector, place) do update set current = true, proven = p.current and p.proven, confirmed = p.current and p.confirmed`,
      [connector, place, now],
    );
    return await this.all(connector);
  }

  async all(connector: string): Promise<PlaceRow[]> {
    return await this.db.query<PlaceRow & Record<string, unknown>>(
      `select ${columns} from connector_place where connector = $1 order by position`,
      [connector],
    );
  }

  /** All places with the accounts of `root` have the accounts of `same` from now on. */
  async join(connector: string, place: string, root: string, same: string): Promise<void> {
    await this.db.query(
      `update connector_place set root = $4, decided = decided or place = $2, proven = proven or place = $2
       where connector = $1 and (root = $3 or place = $2)`,
      [connector, place, root, same],
    );
  }

  /** None of the formerly known accounts is here. */
  async part(connector: string, place: string): Promise<void> {
    await this.db.query(
      `update connector_place set root = place, decided = true where connector = $1 and place = $2 and not decided`,
      [connector, place],
    );
  }

  async prove(connector: string, place: string): Promise<void> {
    await this.db.query(`update connector_place set proven = true where connector = $1 and place = $2`, [
      connector,
      place,
    ]);
  }

  /**
   * The place is proven. Accounts that counted as gone before places were stored may have been looked up elsewhere: they are looked up here, once.
   */
  async reopenUnplaced(connector: string, place: string, now: string): Promise<void> {
    const [proven] = await this.db.query(
      `update connector_place set reopened = true where connector = $1 and place = $2 and proven and not reopened returning place`,
      [connector, place],
    );
    if (proven === undefined) return;
    await this.db.query(lookAgainSql(`and a.state->'former'->>'place' is null`), [connector, now]);
  }

  /** Some accounts that should be at the application. */
  async knownAccounts(connector: string): Promise<KnownAccount[]> {
    const known = `select identity_id, version, fold, state from account
      where connector = $1 and account_id is not null and status in ('active', 'disabled')`;
    const rows = await this.db.query<Omit<StoredState, 'id'> & { identity_id: string }>(
      `(${known} order by identity_id desc limit ${sampled}) union all (${known} order by identity_id limit ${sampled})`,
      [connector],
    );
    const distinct = new Map(rows.map((row) => [row.identity_id, row]));
    const loaded = await this.accounts.loadRows(
      [...distinct].map(([identityId, row]) => ({ ...row, id: Accounts.idOf(identityId, connector) })),
    );
    return [...distinct.keys()].flatMap((identityId, index) => {
      const state = loaded[index]?.state;
      return state === undefined || state.accountId === null ? [] : [{ identityId, accountId: state.accountId, state }];
    });
  }
}
