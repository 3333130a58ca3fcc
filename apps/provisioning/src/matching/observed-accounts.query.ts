import { Injectable } from '@nestjs/common';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { csvCell } from '#libs/text/csv-cell.js';
import { accountCoverage, type AccountCoverage, type Coverage } from '../coverages/coverages.exports.js';
import type { NonPersonKind } from '../connectors/connectors.exports.js';
import { Entitlements } from '../discovery/discovery.exports.js';
import { type Classification, classifications, type OwnershipDecision } from './classification.js';
import { Ownerships } from './ownerships.stream.js';

/** What a person decided of whose an account is. */
export interface DecidedView {
  readonly decision: OwnershipDecision;
  readonly identity: string | null;
  readonly kind: NonPersonKind | null;
  readonly decidedBy: string;
  readonly decidedAt: string;
  /** Null where who gave it is forgotten. */
  readonly reason: string | null;
}

/** A group or role that an account holds in the application. */
export interface HeldView {
  readonly kind: 'group' | 'role';
  readonly id: string;
  readonly name: string | null;
}

/** An account as the application showed it last, and whose it is. */
export interface ObservedAccountView {
  /** The application's own id. */
  readonly account: string;
  readonly userName: string | null;
  readonly externalId: string | null;
  /** Null where the application does not show it. */
  readonly active: boolean | null;
  /** Null until the first reading is over. */
  readonly classification: Classification | null;
  /** The person whose it is. */
  readonly identity: string | null;
  /** The attribute that matched, or why nobody is found. */
  readonly why: string | null;
  /** People whose it may be. */
  readonly candidates: readonly string[];
  readonly holds: readonly HeldView[];
  readonly firstSeenAt: string;
  readonly changedAt: string;
  /** Since when a complete reading has not shown it; null while it is shown. */
  readonly missingSince: string | null;
  readonly decided: DecidedView | null;
  /** What readings of the application say of it. */
  readonly coverage: AccountCoverage;
}

interface HeldRow extends HeldView {
  /** Of the row that names it; null where nothing does. */
  readonly fold: number | null;
}

interface Row {
  readonly account_id: string;
  readonly user_name: string | null;
  readonly external_id: string | null;
  readonly active: boolean | null;
  readonly classification: Classification | null;
  readonly identity_id: string | null;
  readonly why: string | null;
  readonly candidates: readonly string[];
  readonly holds: readonly HeldRow[];
  readonly first_seen_at: Date;
  readonly changed_at: Date;
  readonly missing_since: Date | null;
  readonly decision: OwnershipDecision | null;
  readonly owner: string | null;
  readonly kind: NonPersonKind | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly reason: string | null;
  readonly display_name: string | null;
  readonly decision_fold: number | null;
}

const filterColumns: Readonly<Record<string, Column>> = {
  account: { sql: 'o.account_id', type: 'key' },
  userName: { sql: 'o.user_name', type: 'text' },
  externalId: { sql: 'o.external_id', type: 'key' },
  active: { sql: 'o.active', type: 'boolean' },
  classification: { sql: 'o.classification', type: 'text' },
  identity: { sql: 'o.identity_id', type: 'uuid' },
  why: { sql: 'o.why', type: 'text' },
  decision: { sql: 'w.decision', type: 'text' },
  firstSeenAt: { sql: 'o.first_seen_at', type: 'timestamp' },
  changedAt: { sql: 'o.changed_at', type: 'timestamp' },
  missing: { sql: '(o.missing_since is not null)', type: 'boolean' },
};

const rowsSql = `select o.account_id, o.user_name, o.external_id, o.active, o.classification, o.identity_id, o.why, o.candidates, o.first_seen_at,
    o.changed_at, o.missing_since, w.decision, w.identity_id as owner, w.kind, w.decided_by, w.decided_at, w.reason, w.fold as decision_fold, p.display_name,
    (select coalesce(jsonb_agg(jsonb_build_object('kind', h.kind, 'id', h.entitlement_id, 'name', d.name, 'fold', d.fold) order by h.kind, h.entitlement_id), '[]')
     from observed_holding h left join discovered_entitlement d on d.connector = h.connector and d.kind = h.kind and d.id = h.entitlement_id
     where h.connector = o.connector and h.account_no = o.no) as holds
  from observed_account o
    left join account_ownership w on w.connector = o.connector and w.account_id = o.account_id
    left join known_person p on p.identity = o.identity_id`;

/** Rows of a file taken by one query. */
const filePage = 500;

export const csvColumns = [
  'account',
  'userName',
  'externalId',
  'active',
  'classification',
  'why',
  'displayName',
  'candidates',
  'decision',
  'identity',
  'kind',
  'reason',
] as const;

/** Accounts of an application as they were observed. */
@Injectable()
export class ObservedAccountRows {
  constructor(
    private readonly db: Database,
    private readonly ownerships: Ownerships,
    private readonly entitlements: Entitlements,
  ) {}

  /** @param coverage of the application */
  async page(
    connector: string,
    coverage: Coverage,
    { limit, cursor, filter }: PageQuery,
  ): Promise<Page<ObservedAccountView>> {
    const [after = ''] = decodeCursor(cursor, ['text']) ?? [];
    const rows = await this.rows(connector, after, filter, limit + 1);
    return pageOf<Row, ObservedAccountView>(
      rows,
      limit,
      ({ account_id }) => [account_id],
      (row) => viewOf(row, coverage),
    );
  }

  /** How many accounts there are of each kind. Those that are missing are not counted. */
  async counts(connector: string): Promise<Record<Classification, number>> {
    const rows = await this.db.query<{ classification: Classification | null; n: number }>(
      `select classification, count(*)::int as n from observed_account where connector = $1 and missing_since is null group by 1`,
      [connector],
    );
    const found = new Map(rows.map(({ classification, n }) => [classification, n]));
    return Object.fromEntries(classifications.map((one) => [one, found.get(one) ?? 0])) as Record<
      Classification,
      number
    >;
  }

  /** The same accounts as lines of a file: an owner fills in the last columns and sends it back. */
  async *lines(connector: string, filter: string | undefined): AsyncGenerator<string> {
    // Before the first line: a wrong filter is refused while there is still an answer to refuse with.
    listCondition(filter, filterColumns, 4);
    yield `${csvColumns.join(',')}\n`;
    let after = '';
    for (;;) {
      const rows = await this.rows(connector, after, filter, filePage);
      const text = rows.map((row) => `${cellsOf(row).map(csvCell).join(',')}\n`).join('');
      if (text !== '') yield text;
      const last = rows.at(-1);
      if (last === undefined || rows.length < filePage) return;
      after = last.account_id;
    }
  }

  private async rows(connector: string, after: string, filter: string | undefined, limit: number): Promise<Row[]> {
    const condition = listCondition(filter, filterColumns, 4);
    const find = (): Promise<Row[]> =>
      this.db.query<Row & Record<string, unknown>>(
        `${rowsSql} where o.connector = $1 and o.account_id > $2 and (${condition.sql}) order by o.account_id limit $3`,
        [connector, after, limit, ...condition.params],
      );
    return await currentRows(
      find,
      {
        streams: this.ownerships,
        shownBy: ({ account_id: account, decision_fold: fold }) => [{ id: Ownerships.idOf(connector, account), fold }],
      },
      {
        streams: this.entitlements,
        shownBy: ({ holds }) =>
          holds.map(({ kind, id, fold }) => ({ id: Entitlements.idOf(connector, kind, id), fold })),
      },
    );
  }
}

function viewOf(row: Row, coverage: Coverage): ObservedAccountView {
  const missingSince = row.missing_since?.toISOString() ?? null;
  return {
    account: row.account_id,
    userName: row.user_name,
    externalId: row.external_id,
    active: row.active,
    classification: row.classification,
    identity: row.identity_id,
    why: row.why,
    candidates: row.candidates,
    holds: row.holds.map(({ fold: _, ...held }) => held),
    firstSeenAt: row.first_seen_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
    missingSince,
    decided: decidedOf(row),
    coverage: accountCoverage(coverage, { exists: true, writtenAt: null, isShown: true, missingSince }),
  };
}

function decidedOf({ decision, owner, kind, decided_by, decided_at, reason }: Row): DecidedView | null {
  if (decision === null || decided_by === null || decided_at === null) return null;
  return { decision, identity: owner, kind, decidedBy: decided_by, decidedAt: decided_at.toISOString(), reason };
}

function cellsOf(row: Row): string[] {
  const { classification, why, display_name: displayName, candidates, decision, kind, reason } = row;
  const active = row.active === null ? null : String(row.active);
  const shown = [row.account_id, row.user_name, row.external_id, active, classification, why, displayName];
  const decided = [decision, row.owner ?? row.identity_id, kind, reason];
  return [...shown, candidates.join(' '), ...decided].map((text) => text ?? '');
}
