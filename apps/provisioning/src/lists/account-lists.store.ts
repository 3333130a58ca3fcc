import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import type { ListedAccount } from './listed-accounts.js';

/** What a list changes of what is kept. */
export interface ListChanges {
  readonly added: number;
  readonly gone: number;
}

/** What people say in a list of accounts becomes what is kept. */
@Injectable()
export class ListedAccountStore {
  constructor(private readonly db: Database) {}

  /** Accounts of which people said something after the list was made: the list says nothing of them. */
  async newerThan(connector: string, asOf: string): Promise<string[]> {
    const rows = await this.db.query<{ account_id: string }>(
      `select distinct account_id from manual_task where connector = $1 and status = 'confirmed' and account_id is not null
         and (state->'answered'->>'at')::timestamptz > $2::timestamptz`,
      [connector, asOf],
    );
    return rows.map(({ account_id }) => account_id);
  }

  async changes(connector: string, ids: readonly string[], untouched: readonly string[]): Promise<ListChanges> {
    const [row] = await this.db.query<{ kept: number; gone: number }>(
      `select count(*) filter (where account_id = any($2::text[]))::int as kept,
         count(*) filter (where account_id <> all($2::text[]) and account_id <> all($3::text[]))::int as gone
       from kept_account where connector = $1`,
      [connector, ids, untouched],
    );
    return { added: ids.length - (row?.kept ?? 0), gone: row?.gone ?? 0 };
  }

  /** @param whole what the list does not name is not there */
  keep(
    work: Work,
    connector: string,
    accounts: readonly ListedAccount[],
    {
      untouched,
      whole,
      asOf,
    }: { readonly untouched: readonly string[]; readonly whole: boolean; readonly asOf: string },
  ): void {
    const rows = accounts.map(({ id, userName, externalId, active, attributes }) => ({
      id,
      user_name: userName,
      external_id: externalId,
      active,
      attributes,
    }));
    work.run(
      `insert into kept_account as k (connector, account_id, user_name, external_id, active, attributes, created_at)
       select $1, x.id, x.user_name, x.external_id, coalesce(x.active, true), x.attributes, $3
       from jsonb_to_recordset($2::jsonb) as x(id text, user_name text, external_id text, active boolean, attributes jsonb)
       on conflict (connector, account_id) do update set user_name = coalesce(excluded.user_name, k.user_name),
         external_id = coalesce(k.external_id, excluded.external_id),
         active = case when $4::boolean then excluded.active else k.active end, attributes = k.attributes || excluded.attributes`,
      [connector, JSON.stringify(rows), asOf, accounts.some(({ active }) => active !== null)],
    );
    this.keepHoldings(work, connector, accounts);
    if (!whole) return;
    const stay = [...accounts.map(({ id }) => id), ...untouched];
    work.run(`delete from kept_account where connector = $1 and account_id <> all($2::text[])`, [connector, stay]);
    work.run(`delete from kept_holding where connector = $1 and account_id <> all($2::text[])`, [connector, stay]);
  }

  /** Of kinds that the list says something of. */
  private keepHoldings(work: Work, connector: string, accounts: readonly ListedAccount[]): void {
    const kinds = [
      ...(accounts.some(({ groups }) => groups !== null) ? ['group'] : []),
      ...(accounts.some(({ roles }) => roles !== null) ? ['role'] : []),
    ];
    if (kinds.length === 0) return;
    const held = accounts.flatMap(({ id, groups, roles }) => [
      ...(groups ?? []).map((name) => ({ id, kind: 'group', name })),
      ...(roles ?? []).map((name) => ({ id, kind: 'role', name })),
    ]);
    const rows = `jsonb_to_recordset($2::jsonb) as x(id text, kind text, name text)`;
    work.run(
      `insert into kept_holding (connector, kind, name, account_id) select $1, x.kind, x.name, x.id from ${rows} on conflict do nothing`,
      [connector, JSON.stringify(held)],
    );
    work.run(
      `delete from kept_holding h where h.connector = $1 and h.kind = any($3::text[]) and h.account_id = any($4::text[])
         and not exists (select from ${rows} where x.id = h.account_id and x.kind = h.kind and x.name = h.name)`,
      [connector, JSON.stringify(held), kinds, accounts.map(({ id }) => id)],
    );
  }
}
