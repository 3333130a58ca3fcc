import { Injectable } from '@nestjs/common';
import { type EntitlementFields, entitlementKey } from '#libs/contracts/entitlement.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import type { Remedy } from '../connectors/connectors.exports.js';
import type { Difference } from './compare.js';
import type { DecidedDrift } from './drift.store.js';

/** A difference between an account and what the hub wrote. */
export interface DriftView extends Pick<Difference, 'code' | 'target' | 'class' | 'desired' | 'written' | 'observed'> {
  readonly id: string;
  readonly application: string;
  readonly identity: string;
  readonly account: string;
  /** `account`, `group:NAME` or `role:NAME`. */
  readonly about: string;
  readonly policy: Remedy;
  /** `reverted`, `adopted`: it was decided so; `over`: the application shows again what is desired. */
  readonly state: 'open' | 'reverted' | 'adopted' | 'over';
  readonly reading: string;
  readonly foundAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly closedAt: string | null;
}

interface Row extends Pick<Difference, 'code' | 'target' | 'class' | 'desired' | 'written' | 'observed'> {
  readonly id: string;
  readonly application: string;
  readonly identity_id: string;
  readonly account_id: string;
  readonly entitlement: EntitlementFields;
  readonly granted_id: string | null;
  readonly policy: Remedy;
  readonly state: 'open' | 'revert' | 'adopt';
  readonly reading: string;
  readonly found_at: Date;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly closed_at: Date | null;
}

const state = `case when decided_at is null and closed_at is null then 'open' when state = 'revert' then 'reverted'
  when state = 'adopt' then 'adopted' else 'over' end`;

const filterColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  identity: { sql: 'identity_id', type: 'uuid' },
  application: { sql: 'application', type: 'key' },
  account: { sql: 'account_id', type: 'key' },
  code: { sql: 'code', type: 'text' },
  target: { sql: 'target', type: 'text' },
  class: { sql: 'class', type: 'text' },
  policy: { sql: 'policy', type: 'text' },
  state: { sql: `(${state})`, type: 'text' },
  foundAt: { sql: 'found_at', type: 'timestamp' },
  closedAt: { sql: 'closed_at', type: 'timestamp' },
};

const columns = `id, application, identity_id, account_id, code, target, entitlement, granted_id, class, desired, written, observed, policy, state,
  reading, found_at, decided_by, decided_at, closed_at`;

/** Differences between accounts and what the hub wrote, newest first. */
@Injectable()
export class DriftRows {
  constructor(private readonly db: Database) {}

  async page(connector: string, { limit, cursor, filter }: PageQuery): Promise<Page<DriftView>> {
    const condition = listCondition(filter, filterColumns, 5);
    const after = decodeCursor(cursor, ['instant', 'uuid']) ?? ['9999-01-01T00:00:00Z', firstUuid];
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from drift where connector = $1 and (found_at, id) < ($2::timestamptz, $3::uuid) and (${condition.sql})
       order by found_at desc, id desc limit $4`,
      [connector, ...after, limit + 1, ...condition.params],
    );
    return pageOf<Row, DriftView>(rows, limit, ({ found_at, id }) => [found_at.toISOString(), id], viewOf);
  }

  async view(connector: string, id: string): Promise<DriftView | null> {
    const row = await this.row(connector, id);
    return row === null ? null : viewOf(row);
  }

  /** A difference that waits for a decision; null for one that does not. */
  async undecided(connector: string, id: string): Promise<DecidedDrift | null> {
    const row = await this.row(connector, id);
    if (row === null || row.decided_at !== null || row.closed_at !== null) return null;
    const { application, identity_id: identityId, granted_id: grantedId, code, target, entitlement } = row;
    const { class: how, desired, written, observed } = row;
    return {
      id,
      application,
      identityId,
      grantedId,
      code,
      target,
      entitlement,
      class: how,
      desired,
      written,
      observed,
    };
  }

  private async row(connector: string, id: string): Promise<Row | null> {
    const [row] = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from drift where connector = $1 and id = $2::uuid`,
      [connector, id],
    );
    return row ?? null;
  }
}

const shownStates = { open: 'over', revert: 'reverted', adopt: 'adopted' } as const;

function viewOf(row: Row): DriftView {
  const { id, application, code, target, class: how, desired, written, observed, policy, reading } = row;
  return {
    id,
    application,
    identity: row.identity_id,
    account: row.account_id,
    about: entitlementKey(row.entitlement),
    code,
    target,
    class: how,
    desired,
    written,
    observed,
    policy,
    state: row.decided_at === null && row.closed_at === null ? 'open' : shownStates[row.state],
    reading,
    foundAt: row.found_at.toISOString(),
    decidedBy: row.decided_by,
    decidedAt: row.decided_at?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
  };
}
