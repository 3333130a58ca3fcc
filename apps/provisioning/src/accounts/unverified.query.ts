import { Injectable } from '@nestjs/common';
import { parsed } from '#libs/event-store/core.js';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { isUnverifiedRemoval, type UnverifiedRemoval } from './account-state.js';
import { Accounts } from './accounts.stream.js';
import { namedIn } from './entitlement-operations.js';
import { shownPersonSql } from './shown-person.query.js';

/** What was removed, although the application cannot show that it is gone. */
export interface UnverifiedView {
  /** Of the operation that took it away. */
  readonly id: string;
  readonly kind: string;
  readonly person: { readonly id: string; readonly employeeId: string | null; readonly displayName: string | null };
  readonly application: { readonly id: string; readonly displayName: string };
  /** The application's own id of the account. */
  readonly account: string | null;
  /** The group that was left; null for others. */
  readonly group: string | null;
  /** The role that was taken away; null for others. */
  readonly role: string | null;
  readonly since: string;
}

interface Row {
  readonly identity_id: string;
  readonly fold: number;
  readonly key: string;
  readonly removal: unknown;
  readonly application_name: string | null;
  readonly employee_id: string | null;
  readonly display_name: string | null;
}

const field = (name: string): string => `(u.value->>'${name}')`;
const entitlement = (name: string): string => `(u.value->'entitlement'->>'${name}')`;
const filterColumns: Readonly<Record<string, Column>> = {
  id: { sql: field('operation'), type: 'text' },
  kind: { sql: field('kind'), type: 'text' },
  'person.id': { sql: 'a.identity_id', type: 'uuid' },
  application: { sql: field('application'), type: 'text' },
  account: { sql: field('accountId'), type: 'text' },
  group: { sql: entitlement('group'), type: 'text' },
  role: { sql: entitlement('role'), type: 'text' },
};
const person = shownPersonSql('d');
const noCursor = [firstUuid, ''] as const;

/** Removals that a person must confirm, because no reading of the application can. */
@Injectable()
export class UnverifiedRemovals {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
  ) {}

  async page(connector: string, { limit, cursor, filter }: PageQuery): Promise<Page<UnverifiedView>> {
    const condition = listCondition(filter, filterColumns, 5);
    const find = (): Promise<Row[]> =>
      this.db.query<Row & Record<string, unknown>>(
        `select a.identity_id, a.fold, u.key, u.value as removal, p.display_name as application_name, ${person.employeeId} as employee_id,
         ${person.displayName} as display_name
       from account a cross join lateral jsonb_each(a.state->'unverified') u
       left join application p on p.id = a.application
       left join desired d on d.identity_id = a.identity_id and d.application = a.application
       where a.connector = $1 and a.unverified and (a.identity_id, u.key) > ($2::uuid, $3::text) and (${condition.sql})
       order by a.identity_id, u.key limit $4`,
        [connector, ...(decodeCursor(cursor, ['uuid', 'text']) ?? noCursor), limit + 1, ...condition.params],
      );
    const rows = await currentRows(find, {
      streams: this.accounts,
      shownBy: ({ identity_id: identity, fold }) => [{ id: Accounts.idOf(identity, connector), fold }],
    });
    return pageOf<Row, UnverifiedView>(rows, limit, (row) => [row.identity_id, row.key], viewOf);
  }

  /** Whose removal that operation is; null when nothing of it is unverified any more. */
  async ownerOf(connector: string, operation: string): Promise<string | null> {
    const [row] = await this.db.query<{ identity_id: string }>(
      `select a.identity_id from account a cross join lateral jsonb_each(a.state->'unverified') u
       where a.connector = $1 and a.unverified and u.value->>'operation' = $2 limit 1`,
      [connector, operation],
    );
    return row?.identity_id ?? null;
  }
}

function viewOf({
  removal,
  application_name: name,
  employee_id: employeeId,
  display_name: displayName,
}: Row): UnverifiedView {
  const { operation, kind, identityId, application, accountId, since, ...about } = parsed<UnverifiedRemoval>(
    'an unverified removal',
    isUnverifiedRemoval,
    removal,
  );
  return {
    id: operation,
    kind,
    person: { id: identityId, employeeId, displayName },
    application: { id: application, displayName: name ?? application },
    account: accountId,
    ...namedIn(about.entitlement),
    since,
  };
}
