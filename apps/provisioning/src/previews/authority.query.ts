import { Injectable } from '@nestjs/common';
import { entitlementOf, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { Database } from '#libs/event-store/database.js';
import {
  type Account,
  account,
  AccountRules,
  Accounts,
  type DesiredRow,
  desiredOrNothing,
  managerAccountSql,
} from '../accounts/accounts.exports.js';
import { orphanIdentity } from '../matching/matching.exports.js';
import { fingerprint } from './fingerprint.js';
import { type HeldThere, heldThere, nothing, type Outcome, type ShownHolding } from './outcome.js';
import type { PreviewTerms } from './preview-terms.js';
import type { PreviewedPerson } from './previewed-person.js';
import { takenByAuthority } from './taken-by-authority.js';

/** Of desired access all is null where nothing is desired of the account. */
interface Row extends Nulled<DesiredRow> {
  readonly no: string;
  readonly account_id: string;
  readonly user_name: string | null;
  readonly digest: string;
  readonly active: boolean | null;
  readonly classification: string | null;
  readonly owner: string | null;
  readonly application: string | null;
  readonly identity_id: string | null;
  readonly version: number | null;
  readonly fold: number | null;
  readonly state: unknown;
  readonly holds: readonly ShownHolding[];
}
type Nulled<Type> = { readonly [Field in keyof Type]: Type[Field] | null };

/** Accounts looked at by one query. */
const pageSize = 500;

/** Accounts that hold what is chosen. Those of services and the like keep it: they are no person's. */
const holdersSql = `select o.no, o.account_id, o.user_name, o.digest, o.active, o.classification, o.identity_id as owner,
    coalesce(a.application, (select min(p.id) from application p where p.connector_id = o.connector)) as application,
    a.identity_id, a.version, a.fold, a.state, d.epoch, d.sequence, d.message_id, d.body, d.manager_account, h.holds
  from observed_account o
    join lateral (
      select jsonb_agg(jsonb_build_object('kind', h.kind, 'id', h.entitlement_id, 'name', e.name) order by h.kind, h.entitlement_id) as holds
      from observed_holding h join discovered_entitlement e on e.connector = h.connector and e.kind = h.kind and e.id = h.entitlement_id
      where h.connector = o.connector and h.account_no = o.no
        and exists (select from jsonb_to_recordset($2::jsonb) as c(kind text, name text, by_id boolean)
          where c.kind = h.kind and c.name = case when c.by_id then h.entitlement_id else e.name end)
    ) h on h.holds is not null
    left join lateral (
      select * from account k where k.connector = o.connector and k.account_id = o.account_id and k.status <> 'deleted'
      order by (k.identity_id = o.identity_id) desc nulls last limit 1
    ) a on true
    left join lateral (
      select d.epoch, d.sequence, d.message_id, d.body, ${managerAccountSql('$1')} as manager_account
      from desired d where d.identity_id = a.identity_id and d.application = a.application
    ) d on true
  where o.connector = $1 and o.missing_since is null and o.classification is distinct from 'not-a-person'`;

/** What is looked at. */
export interface AuthorityQuestion {
  readonly connector: string;
  readonly terms: PreviewTerms;
  readonly entitlements: readonly EntitlementFields[];
}

/** Who would lose what, if nobody held these entitlements but who should. */
@Injectable()
export class AuthorityEffects {
  constructor(
    private readonly db: Database,
    private readonly accounts: Accounts,
  ) {}

  /** Accounts after a number, in order. */
  async page(
    question: AuthorityQuestion,
    after: string,
  ): Promise<{ readonly people: PreviewedPerson[]; readonly next: string | null }> {
    const rows = await this.rows(question, 'o.no > $3::bigint order by o.no limit $4', [after, pageSize]);
    const last = rows.length < pageSize ? undefined : rows.at(-1);
    return { people: await this.peopleOf(question, rows), next: last?.no ?? null };
  }

  /** The same of these accounts. */
  async of(question: AuthorityQuestion, accounts: readonly string[]): Promise<PreviewedPerson[]> {
    const rows = await this.rows(question, 'o.account_id = any($3::text[])', [accounts]);
    return await this.peopleOf(question, rows);
  }

  private async rows(
    { connector, terms, entitlements }: AuthorityQuestion,
    which: string,
    params: readonly unknown[],
  ): Promise<Row[]> {
    const chosen = entitlements.map((one) => {
      const { kind, name } = entitlementOf('', one);
      return { kind, name, by_id: terms.groups.mode === 'by-id' };
    });
    return await this.db.query<Row & Record<string, unknown>>(`${holdersSql} and ${which}`, [
      connector,
      JSON.stringify(chosen),
      ...params,
    ]);
  }

  private async peopleOf(question: AuthorityQuestion, rows: readonly Row[]): Promise<PreviewedPerson[]> {
    const { connector, terms } = question;
    const stored = rows.flatMap(({ identity_id, version, fold, state }) =>
      identity_id === null || version === null || fold === null
        ? []
        : [{ id: Accounts.idOf(identity_id, connector), version, fold, state }],
    );
    const loaded = new Map((await this.accounts.loadRows(stored)).map((one) => [one.id, one.state]));
    const rules = new AccountRules(terms);
    return rows.flatMap((row) => {
      const known = row.identity_id === null ? undefined : loaded.get(Accounts.idOf(row.identity_id, connector));
      const person = personOf(question, rules, row, known ?? account.initial);
      return person === null ? [] : [person];
    });
  }
}

function personOf(
  { connector, terms }: AuthorityQuestion,
  rules: AccountRules,
  row: Row,
  known: Account,
): PreviewedPerson | null {
  const { application, account_id: accountId, user_name: userName, active } = row;
  if (application === null) return null;
  const identityId = row.identity_id ?? row.owner ?? orphanIdentity(connector, accountId);
  // Where nothing is desired of an account, nobody should have what it holds.
  const goal = rules.goal(desiredOrNothing(identityId, application, row));
  const taken = takenByAuthority(
    heldThere(row.holds, terms.groups.mode === 'by-id'),
    goal.entitlements,
    known,
    terms.onDisable,
  );
  if (taken.length === 0) return null;
  const outcome = row.identity_id === null ? unkept(row.classification) : taking(taken);
  const version = row.version ?? 0;
  const about = { connector, application, identityId };
  return {
    identityId,
    application,
    accountId,
    userName,
    outcome,
    state: fingerprint([goal.version, version, accountId, taken, outcome]),
    version,
    known,
    link: { ...about, operation: identityId, desired: goal.version, because: [], place: terms.place },
    found: { accountId, active, observed: {}, holds: taken },
    isGhost: false,
  };
}

const taking = (taken: readonly HeldThere[]): Outcome => ({
  ...nothing('update'),
  removes: taken.map(({ entitlement }) => entitlement),
});

/** The hub keeps no account that it could change. */
function unkept(classification: string | null): Outcome {
  const why =
    classification === 'matched' || classification === 'ghost'
      ? 'the hub does not keep this account yet: release its connector, or give its person access'
      : 'nobody has said whose account it is: it keeps what it holds';
  return { ...nothing('waits'), detail: why };
}
