import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import {
  account,
  type Account,
  AccountRules,
  Accounts,
  type Attributes,
  type DesiredRow,
  desiredOrNothing,
  isInScope,
  managerAccountSql,
  policyOf,
  type Scope,
} from '../accounts/accounts.exports.js';
import { fingerprint } from './fingerprint.js';
import { linkFacts, type Link } from './linking.js';
import type { PreviewTerms } from './preview-terms.js';
import { answeredFor, type FoundThere, heldThere, outcomeOf, type ShownHolding } from './outcome.js';
import type { PlaceOfPage, PreviewedPerson } from './previewed-person.js';

/** What is previewed, for whom. */
export interface Previewed {
  readonly connector: string;
  readonly terms: PreviewTerms;
  /** Which people it is for; null for everybody. */
  readonly scope: Scope;
}

/** Without desired access for somebody of whom nothing is desired. */
interface Row extends Partial<DesiredRow> {
  readonly identity_id: string;
  readonly application: string;
  readonly version: number | null;
  readonly fold: number | null;
  readonly state: unknown;
  readonly account_id: string | null;
  readonly user_name: string | null;
  readonly active: boolean | null;
  readonly shown: Readonly<Record<string, readonly unknown[]>> | null;
  readonly digest: string | null;
  readonly holds: readonly ShownHolding[];
}

/** People looked at by one query. */
const pageSize = 500;

const columns = `a.version, a.fold, a.state, o.account_id, o.user_name, o.active, o.shown, o.digest,
  (select coalesce(jsonb_agg(jsonb_build_object('kind', h.kind, 'id', h.entitlement_id, 'name', e.name) order by h.kind, h.entitlement_id), '[]')
   from observed_holding h join discovered_entitlement e on e.connector = h.connector and e.kind = h.kind and e.id = h.entitlement_id
   where h.connector = $1 and h.account_no = o.no) as holds`;
const foundSql = `left join account a on a.connector = $1 and a.identity_id = d.identity_id
  left join lateral (
    select * from observed_account o where o.connector = $1 and o.identity_id = d.identity_id and o.missing_since is null limit 1
  ) o on true`;
const desiredColumns = `d.identity_id, d.application, d.epoch, d.sequence, d.message_id, d.body, ${managerAccountSql('$1')} as manager_account`;
const ghostsSql = `select o.identity_id, p.id as application from observed_account o join application p on p.connector_id = o.connector
  where o.connector = $1 and o.classification = 'ghost' and o.missing_since is null
    and not exists (select from desired d where d.identity_id = o.identity_id and d.application = p.id)`;

/** What enforcing a connector would do for each person, from what is desired, kept and observed now. */
@Injectable()
export class Situations {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
  ) {}

  /** People after a place, in order; `next` is null at the end. */
  async page(
    previewed: Previewed,
    { part, after }: PlaceOfPage,
  ): Promise<{ readonly people: PreviewedPerson[]; readonly next: PlaceOfPage | null }> {
    const rows = await (part === 'desired' ? this.desired(previewed, after) : this.ghosts(previewed, after));
    const people = await this.peopleOf(previewed, rows);
    const last = rows.length < pageSize ? undefined : rows.at(-1);
    if (last !== undefined) return { people, next: { part, after: last.identity_id } };
    return { people, next: part === 'desired' ? { part: 'ghosts', after: firstUuid } : null };
  }

  /** The same of these people. */
  async of(previewed: Previewed, identities: readonly string[]): Promise<PreviewedPerson[]> {
    const desired = await this.db.query<Row & Record<string, unknown>>(
      `select ${desiredColumns}, ${columns} from desired d join application p on p.id = d.application ${foundSql}
       where p.connector_id = $1 and d.identity_id = any($2::uuid[])`,
      [previewed.connector, identities],
    );
    const ghosts = await this.db.query<Row & Record<string, unknown>>(
      `select d.identity_id, d.application, ${columns} from (${ghostsSql} and o.identity_id = any($2::uuid[])) d ${foundSql}`,
      [previewed.connector, identities],
    );
    return await this.peopleOf(previewed, [...desired, ...ghosts]);
  }

  private async desired({ connector }: Previewed, after: string): Promise<Row[]> {
    return await this.db.query<Row & Record<string, unknown>>(
      `select ${desiredColumns}, ${columns} from (
         select d.* from desired d join application p on p.id = d.application
         where p.connector_id = $1 and d.identity_id > $2::uuid order by d.identity_id limit $3
       ) d ${foundSql} order by d.identity_id`,
      [connector, after, pageSize],
    );
  }

  /** Nothing says which of them a filter is for: a preview for some people has none of them. */
  private async ghosts({ connector, scope }: Previewed, after: string): Promise<Row[]> {
    if (scope !== null) return [];
    return await this.db.query<Row & Record<string, unknown>>(
      `select d.identity_id, d.application, ${columns} from (
         select distinct on (g.identity_id) g.* from (${ghostsSql}) g where g.identity_id > $2::uuid order by g.identity_id limit $3
       ) d ${foundSql} order by d.identity_id`,
      [connector, after, pageSize],
    );
  }

  private async peopleOf(previewed: Previewed, rows: readonly Row[]): Promise<PreviewedPerson[]> {
    if (rows.length === 0) return [];
    const { connector, terms, scope } = previewed;
    const stored = rows.flatMap(({ identity_id, version, fold, state }) =>
      version === null || fold === null ? [] : [{ id: Accounts.idOf(identity_id, connector), version, fold, state }],
    );
    const loaded = new Map((await this.accounts.loadRows(stored)).map((one) => [one.id, one]));
    const disputed = await this.disputed(connector);
    const rules = new AccountRules(terms);
    return rows.flatMap((row) => {
      if (scope !== null && (row.body === undefined || !isInScope(scope, row.body))) return [];
      const before = loaded.get(Accounts.idOf(row.identity_id, connector));
      const person = personOf(previewed, rules, row, {
        known: before?.state ?? account.initial,
        version: before?.version ?? 0,
        disputed: disputed.has(row.identity_id),
      });
      return person === null ? [] : [person];
    });
  }

  /** People who may own an account of which nobody has said yet whose it is. */
  private async disputed(connector: string): Promise<Set<string>> {
    const rows = await this.db.query<{ identity: string }>(
      `select distinct jsonb_array_elements_text(candidates) as identity from observed_account
       where connector = $1 and classification = 'ambiguous' and missing_since is null`,
      [connector],
    );
    return new Set(rows.map(({ identity }) => identity));
  }
}

function personOf(
  { connector, terms }: Previewed,
  rules: AccountRules,
  row: Row,
  { known, version, disputed }: { readonly known: Account; readonly version: number; readonly disputed: boolean },
): PreviewedPerson | null {
  const { identity_id: identityId, application } = row;
  const goal = rules.goal(desiredOrNothing(identityId, application, row));
  const found = foundOf(row, rules.targets, terms.groups.mode === 'by-id');
  const link: Link = {
    operation: identityId,
    connector,
    application,
    identityId,
    desired: goal.version,
    because: goal.because,
    place: terms.place,
  };
  const linking = (there: FoundThere) => linkFacts(link, there, answeredFor(goal, there));
  const outcome = outcomeOf({ goal, known, found, disputed, policy: policyOf(terms), taken: terms.taken, linking });
  if (outcome === null) return null;
  const state = fingerprint([goal.version, version, row.account_id, row.digest, row.holds, outcome]);
  const about = { identityId, application, accountId: known.accountId ?? found?.accountId ?? null };
  const userName = row.user_name ?? nameIn({ ...goal.initial, ...goal.attributes });
  return { ...about, userName, outcome, state, version, known, link, found, isGhost: row.body === undefined };
}

function foundOf(
  { account_id, active, shown, holds }: Row,
  targets: readonly string[],
  byId: boolean,
): FoundThere | null {
  if (account_id === null || shown === null) return null;
  const observed: Attributes = Object.fromEntries(
    targets.flatMap((target) => {
      const [value] = Object.hasOwn(shown, target) ? (shown[target] ?? []) : [];
      return value === undefined || value === null ? [] : [[target, value]];
    }),
  );
  return { accountId: account_id, active, observed, holds: heldThere(holds, byId) };
}

function nameIn({ userName }: Attributes): string | null {
  return typeof userName === 'string' ? userName : null;
}
