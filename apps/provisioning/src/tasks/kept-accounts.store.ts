import { Injectable } from '@nestjs/common';
import { entitlementOf } from '#libs/contracts/entitlement.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import type { HeldBy, KeptAccount, KeptKind, SoughtAccount } from '../targets/targets.exports.js';
import type { TaskState } from './task.js';

interface Row extends Record<string, unknown> {
  readonly account_id: string;
  readonly user_name: string | null;
  readonly external_id: string | null;
  readonly active: boolean;
  readonly attributes: KeptAccount['attributes'];
  readonly created_at: string | null;
}

const columns = 'account_id, user_name, external_id, active, attributes, created_at';

/** What applications without an API hold, as people said it. */
@Injectable()
export class KeptAccounts {
  constructor(private readonly db: Database) {}

  async find(connector: string, { identityId, userName }: SoughtAccount): Promise<KeptAccount[]> {
    return await this.those(`external_id = $2 or lower(user_name) = lower($3)`, [connector, identityId, userName]);
  }

  async findBy(connector: string, path: string, value: string): Promise<KeptAccount[]> {
    const condition =
      path === 'userName'
        ? 'lower(user_name) = lower($3) and $2::text is not null'
        : `lower(attributes->>$2) = lower($3)`;
    return await this.those(condition, [connector, path, value]);
  }

  async read(connector: string, id: string): Promise<KeptAccount | null> {
    return (await this.those('account_id = $2', [connector, id]))[0] ?? null;
  }

  async page(connector: string, after: string, limit: number): Promise<KeptAccount[]> {
    return await this.those('account_id > $2', [connector, after, limit], 'order by account_id limit $3');
  }

  async names(connector: string, kind: KeptKind, after: string, limit: number): Promise<string[]> {
    const rows = await this.db.query<{ name: string }>(
      `select distinct name from kept_holding where connector = $1 and kind = $2 and name > $3 order by name limit $4`,
      [connector, kind, after, limit],
    );
    return rows.map(({ name }) => name);
  }

  async holders(connector: string, { kind, name, accounts, after, limit }: HeldBy): Promise<string[]> {
    const rows = await this.db.query<{ account_id: string }>(
      `select account_id from kept_holding where connector = $1 and kind = $2 and name = $3 and account_id > $4
         and ($5::text[] is null or account_id = any($5::text[])) order by account_id limit $6`,
      [connector, kind, name, after, accounts, limit],
    );
    return rows.map(({ account_id }) => account_id);
  }

  private async those(condition: string, params: readonly unknown[], order = ''): Promise<KeptAccount[]> {
    const rows = await this.db.query<Row>(
      `select ${columns} from kept_account where connector = $1 and (${condition}) ${order}`,
      params,
    );
    return rows.map((row) => ({
      id: row.account_id,
      userName: row.user_name,
      externalId: row.external_id,
      active: row.active,
      attributes: row.attributes,
      createdAt: row.created_at,
    }));
  }
}

/** What a confirmed task changed, in the transaction of its fact. */
export function keep(work: Work, state: TaskState & { readonly accountId: string }, at: string): void {
  const { connector, accountId, kind } = state;
  switch (kind) {
    case 'create-account':
      return keepNew(work, state, at);
    case 'update-account':
      work.run(
        `update kept_account set attributes = attributes || $3::jsonb, user_name = coalesce($3::jsonb->>'userName', user_name)
         where connector = $1 and account_id = $2`,
        [connector, accountId, JSON.stringify(state.written ?? {})],
      );
      return;
    case 'disable-account':
    case 'enable-account':
      work.run(`update kept_account set active = $3::boolean where connector = $1 and account_id = $2`, [
        connector,
        accountId,
        kind === 'enable-account',
      ]);
      return;
    case 'delete-account':
      work.run(`delete from kept_account where connector = $1 and account_id = $2`, [connector, accountId]);
      work.run(`delete from kept_holding where connector = $1 and account_id = $2`, [connector, accountId]);
      return;
    case 'add-member':
    case 'grant-role':
      work.run(
        `insert into kept_holding (connector, kind, name, account_id) values ($1, $2, $3, $4) on conflict do nothing`,
        [connector, ...heldOf(state), accountId],
      );
      return;
    case 'remove-member':
    case 'revoke-role':
      work.run(`delete from kept_holding where connector = $1 and kind = $2 and name = $3 and account_id = $4`, [
        connector,
        ...heldOf(state),
        accountId,
      ]);
      return;
  }
}

function keepNew(
  work: Work,
  { connector, accountId, identityId, written }: TaskState & { readonly accountId: string },
  at: string,
): void {
  const userName = written?.['userName'];
  work.run(
    `insert into kept_account (connector, account_id, user_name, external_id, active, attributes, created_at)
     values ($1, $2, $3, $4, true, $5::jsonb, $6)
     on conflict (connector, account_id) do update set user_name = excluded.user_name, external_id = excluded.external_id, active = true,
       attributes = kept_account.attributes || excluded.attributes`,
    [
      connector,
      accountId,
      typeof userName === 'string' ? userName : null,
      identityId,
      JSON.stringify(written ?? {}),
      at,
    ],
  );
}

function heldOf({ entitlement }: TaskState): [kind: string, name: string | null] {
  const { kind, name } = entitlementOf('', entitlement);
  return [kind, name];
}
