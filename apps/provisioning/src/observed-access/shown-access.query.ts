import { Injectable } from '@nestjs/common';
import { entitlementKey, fieldsOf } from '#libs/contracts/entitlement.js';
import { Database } from '#libs/event-store/database.js';
import type { ObservedAccess, ShownAccess, ShownEntitlement } from './observed-access.js';

/** A person and the account that was found to be theirs. */
export interface MatchedAccess {
  readonly no: number;
  readonly identityId: string;
  readonly shown: ShownAccess;
  readonly before: ObservedAccess;
}

interface Holding {
  readonly kind: 'group' | 'role';
  readonly id: string;
  readonly name: string | null;
  readonly seen: string;
}

interface Row {
  readonly no: string;
  readonly account_id: string;
  readonly identity_id: string;
  readonly active: boolean | null;
  readonly first_seen_at: Date;
  readonly holds: readonly Holding[];
  readonly before: ObservedAccess;
  readonly granted: Readonly<Record<string, unknown>> | null;
  readonly is_made: boolean | null;
}

/** Accounts taken by one query. */
const pageSize = 2_000;
/** Accounts that are a person's, also of one who has left. */
const ofPersons = `o.missing_since is null and o.identity_id is not null and o.classification in ('matched', 'ghost')`;

/** What the newest reading showed of people, beside what was said of them last. */
@Injectable()
export class ShownAccessRows {
  constructor(private readonly db: Database) {}

  /** The application behind a connector; null where no application names it. */
  async applicationOf(connector: string): Promise<string | null> {
    const [row] = await this.db.query<{ id: string | null }>(
      `select min(id) as id from application where connector_id = $1`,
      [connector],
    );
    return row?.id ?? null;
  }

  /** People's accounts after a number, in order. @param byId packages name groups and roles by the application's ids */
  async page(connector: string, after: number, byId: boolean): Promise<MatchedAccess[]> {
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `select o.no, o.account_id, o.identity_id, o.active, o.first_seen_at, s.state as before, a.state->'granted' as granted,
         (a.account_id = o.account_id and a.state->>'madeAt' is not null) as is_made,
         (select coalesce(jsonb_agg(jsonb_build_object('kind', h.kind, 'id', h.entitlement_id, 'name', d.name, 'seen', h.first_seen_at)), '[]')
          from observed_holding h left join discovered_entitlement d on d.connector = h.connector and d.kind = h.kind and d.id = h.entitlement_id
          where h.connector = o.connector and h.account_no = o.no) as holds
       from observed_account o
         left join observed_access s on s.connector = o.connector and s.identity_id = o.identity_id
         left join account a on a.connector = o.connector and a.identity_id = o.identity_id
       where o.connector = $1 and o.no > $2 and ${ofPersons} order by o.no limit $3`,
      [connector, after, pageSize],
    );
    return rows.map((row) => matchedOf(row, byId));
  }

  /** People of whom something was said, and who have no account there any more. */
  async gone(connector: string): Promise<NonNullable<ObservedAccess>[]> {
    const rows = await this.db.query<{ state: NonNullable<ObservedAccess> }>(
      `select s.state from observed_access s
       where s.connector = $1 and s.state->'entitlements' <> '[]' and not exists (
         select from observed_account o where o.connector = s.connector and o.identity_id = s.identity_id and ${ofPersons})
       order by s.identity_id limit $2`,
      [connector, pageSize],
    );
    return rows.map(({ state }) => state);
  }
}

function matchedOf(row: Row, byId: boolean): MatchedAccess {
  const account: ShownEntitlement = { account: true, firstSeenAt: row.first_seen_at.toISOString() };
  const held = row.holds.map(({ kind, id, name, seen }): ShownEntitlement => ({
    ...fieldsOf({ kind, name: byId ? id : (name ?? id) }),
    firstSeenAt: new Date(seen).toISOString(),
  }));
  const made = row.is_made === true ? [entitlementKey(account)] : [];
  // Two groups of one name are one entitlement.
  const once = new Map([account, ...held].map((one) => [entitlementKey(one), one]));
  return {
    no: Number(row.no),
    identityId: row.identity_id,
    before: row.before,
    shown: {
      accountId: row.account_id,
      usable: row.active !== false,
      entitlements: [...once.values()],
      givenByHub: new Set([...made, ...Object.keys(row.granted ?? {})]),
    },
  };
}
