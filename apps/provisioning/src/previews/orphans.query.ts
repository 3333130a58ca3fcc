import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { type Column, toSql } from '#libs/scim/filter/to-sql.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import { filterInput, listCondition } from '#libs/service-kit/input/filter-input.js';
import { type Account, Accounts, type Attributes } from '../accounts/accounts.exports.js';
import { orphanIdentity } from '../matching/matching.exports.js';
import type { Outcome } from './outcome.js';
import { nothing } from './outcome.js';
import type { PreviewTerms } from './preview-terms.js';
import type { PreviewedPerson } from './previewed-person.js';
import type { ChosenOrphans } from './purpose.js';
import { fingerprint } from './fingerprint.js';

interface Row {
  readonly account_id: string;
  readonly user_name: string | null;
  readonly active: boolean | null;
  readonly digest: string;
  readonly application: string | null;
}

/** Accounts looked at by one query. */
const pageSize = 500;

const filterColumns: Readonly<Record<string, Column>> = {
  account: { sql: 'o.account_id', type: 'key' },
  userName: { sql: 'o.user_name', type: 'text' },
  externalId: { sql: 'o.external_id', type: 'key' },
  firstSeenAt: { sql: 'o.first_seen_at', type: 'timestamp' },
  changedAt: { sql: 'o.changed_at', type: 'timestamp' },
};

/** Usable accounts of which nobody is known whose they are. Those of services, and those in dispute, are none of them. */
const orphansSql = `select o.account_id, o.user_name, o.active, o.digest,
    (select min(p.id) from application p where p.connector_id = o.connector) as application
  from observed_account o
  where o.connector = $1 and o.classification = 'person-without-match' and o.missing_since is null and o.active is distinct from false`;

/** @throws InvalidInput for a filter that is none */
export function requireOrphanFilter(filter: string): void {
  filterInput('/orphans/filter', () => toSql(parseFilter(filter), filterColumns, 1));
}

/** What the release of orphans does: each account is disabled. */
@Injectable()
export class Orphans {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
  ) {}

  /** Accounts after one, in order. */
  async page(
    connector: string,
    terms: PreviewTerms,
    { filter, accounts }: ChosenOrphans,
    after: string,
  ): Promise<{ readonly people: PreviewedPerson[]; readonly next: string | null }> {
    const condition = listCondition(filter ?? undefined, filterColumns, 5);
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `${orphansSql} and o.account_id > $2 and ($3::text[] is null or o.account_id = any($3::text[])) and (${condition.sql})
       order by o.account_id limit $4`,
      [connector, after, accounts, pageSize, ...condition.params],
    );
    const people = await this.peopleOf(connector, terms, rows);
    const last = rows.length < pageSize ? undefined : rows.at(-1);
    return { people, next: last?.account_id ?? null };
  }

  /** Those of these accounts that are orphans still. */
  async of(connector: string, terms: PreviewTerms, accounts: readonly string[]): Promise<PreviewedPerson[]> {
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `${orphansSql} and o.account_id = any($2::text[])`,
      [connector, accounts],
    );
    return await this.peopleOf(connector, terms, rows);
  }

  private async peopleOf(connector: string, { place }: PreviewTerms, rows: readonly Row[]): Promise<PreviewedPerson[]> {
    const idOf = (row: Row): string => Accounts.idOf(orphanIdentity(connector, row.account_id), connector);
    const loaded = rows.length === 0 ? new Map() : await this.accounts.loadMany(rows.map(idOf));
    return rows.flatMap((row): PreviewedPerson[] => {
      const before = loaded.get(idOf(row)) as { readonly state: Account; readonly version: number } | undefined;
      // Released before: it is disabled again by itself when somebody enables it.
      if (row.application === null || before === undefined || before.state.accountId !== null) return [];
      return [orphanOf(row, { connector, application: row.application, place }, before)];
    });
  }
}

function orphanOf(
  row: Row,
  {
    connector,
    application,
    place,
  }: { readonly connector: string; readonly application: string; readonly place: string },
  { state: known, version }: { readonly state: Account; readonly version: number },
): PreviewedPerson {
  const { account_id: accountId, user_name: userName, active } = row;
  const identityId = orphanIdentity(connector, accountId);
  const outcome: Outcome = { ...nothing('disable'), detail: 'nobody is known whose account it is' };
  const observed: Attributes = userName === null ? {} : { userName };
  return {
    identityId,
    application,
    accountId,
    userName,
    outcome,
    state: fingerprint([version, accountId, row.digest, outcome]),
    version,
    known,
    link: {
      operation: identityId,
      connector,
      application,
      identityId,
      desired: { epoch: 0, sequence: 0 },
      because: [],
      place,
    },
    found: { accountId, active, observed, holds: [] },
    isGhost: true,
  };
}
