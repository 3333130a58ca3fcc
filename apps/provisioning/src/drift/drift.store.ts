import { Injectable } from '@nestjs/common';
import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { type DesiredRow, managerAccountSql } from '../accounts/accounts.exports.js';
import type { Remedy } from '../connectors/connectors.exports.js';
import type { Difference } from './compare.js';

/** An account that may differ from what the hub wrote, with everything that says so. */
export interface ComparedRow extends DesiredRow {
  readonly identity_id: string;
  readonly application: string;
  readonly version: number;
  readonly fold: number;
  readonly state: unknown;
  readonly observed_no: string | null;
  readonly missing: boolean | null;
  readonly active: boolean | null;
  readonly shown: Readonly<Record<string, readonly unknown[]>> | null;
  readonly before: Readonly<Record<string, readonly unknown[]>> | null;
  readonly holds: readonly {
    readonly kind: 'group' | 'role';
    readonly id: string;
    readonly name: string | null;
    readonly firstSeenAt: string;
  }[];
  readonly lost: readonly string[];
  readonly open: readonly OpenDrift[];
}

/** A difference that is known and not over. */
export interface OpenDrift extends Pick<Difference, 'code' | 'target' | 'entitlement'> {
  readonly id: string;
  readonly observed: unknown;
  readonly decided: boolean;
  /** What is desired was written again since: what differs now came after that. */
  readonly reverted: boolean;
}

/** A difference that a reading showed for the first time. */
export interface NewDrift extends Difference {
  readonly id: string;
  readonly identityId: string;
  readonly application: string;
  readonly accountId: string;
  readonly policy: Remedy;
}

/** Accounts compared by one work. */
export const pageSize = 500;

/** What is compared with what, and the differences that were found. */
@Injectable()
export class DriftStore {
  constructor(private readonly db: Database) {}

  /** When the reading began whose accounts were compared last; null for never. */
  async comparedFrom(connector: string): Promise<string | null> {
    const [row] = await this.db.query<{ at: Date }>(
      `select compared_from as at from drift_comparison where connector = $1`,
      [connector],
    );
    return row?.at.toISOString() ?? null;
  }

  noteCompared(work: Work, connector: string, from: string): void {
    work.run(
      `insert into drift_comparison (connector, compared_from) values ($1, $2::timestamptz)
       on conflict (connector) do update set compared_from = excluded.compared_from`,
      [connector, from],
    );
  }

  /**
   * Accounts after an identity that were shown otherwise, or written, since the last comparison, or that have an open difference.
   * What the hub wrote since this reading began, or is about to write, is left to the next one. An account of which a person said
   * that it is somebody else's is compared as that person's alone.
   */
  async candidates(
    connector: string,
    { since, startedAt, after }: { readonly since: string | null; readonly startedAt: string; readonly after: string },
  ): Promise<ComparedRow[]> {
    return await this.db.query<ComparedRow & Record<string, unknown>>(
      `select a.identity_id, a.application, a.version, a.fold, a.state, d.epoch, d.sequence, d.message_id, d.body,
         ${managerAccountSql('$1')} as manager_account, o.no as observed_no, o.missing_since is not null as missing, o.active, o.shown, o.before,
         (select coalesce(jsonb_agg(jsonb_build_object('kind', h.kind, 'id', h.entitlement_id, 'name', e.name, 'firstSeenAt', h.first_seen_at)), '[]')
          from observed_holding h left join discovered_entitlement e on e.connector = h.connector and e.kind = h.kind and e.id = h.entitlement_id
          where h.connector = $1 and h.account_no = o.no) as holds,
         array(select l.entitlement_id from lost_holding l where l.connector = $1 and l.account_no = o.no) as lost,
         (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'code', r.code, 'target', r.target, 'entitlement', r.entitlement,
            'observed', r.observed, 'decided', r.decided_at is not null, 'reverted', r.state = 'revert')), '[]')
          from drift r where r.connector = $1 and r.identity_id = a.identity_id and r.closed_at is null) as open
       from account a join desired d on d.identity_id = a.identity_id and d.application = a.application
         left join observed_account o on o.connector = a.connector and o.account_id = a.account_id
       where a.connector = $1 and a.identity_id > $2::uuid and a.account_id is not null and a.updated_at < $3::timestamptz and not d.dirty
         and ($4::timestamptz is null or o.account_id is null or o.changed_at >= $4::timestamptz or o.missing_since >= $4::timestamptz
           or o.holdings_changed_at >= $4::timestamptz or a.updated_at >= $4::timestamptz
           or exists (select from drift r where r.connector = $1 and r.identity_id = a.identity_id and r.closed_at is null))
         and not exists (select from account_ownership w where w.connector = $1 and w.account_id = a.account_id and w.decision = 'person'
           and w.identity_id <> a.identity_id)
       order by a.identity_id limit $5`,
      [connector, after, startedAt, since, pageSize],
    );
  }

  /** Attributes that the application has shown of anybody. */
  async showable(connector: string): Promise<ReadonlySet<string>> {
    const rows = await this.db.query<{ path: string }>(
      `select distinct jsonb_object_keys(shown) as path from observed_account where connector = $1`,
      [connector],
    );
    return new Set(rows.map(({ path }) => path));
  }

  open(
    work: Work,
    connector: string,
    found: readonly NewDrift[],
    about: { readonly reading: string; readonly at: string },
  ): void {
    if (found.length === 0) return;
    const rows = found.map((one) => ({
      id: one.id,
      application: one.application,
      identity_id: one.identityId,
      account_id: one.accountId,
      code: one.code,
      target: one.target,
      entitlement: one.entitlement,
      granted_id: one.grantedId,
      class: one.class,
      desired: one.desired,
      written: one.written,
      observed: one.observed,
      policy: one.policy,
      decided: one.policy === 'revert' || one.policy === 'adopt',
    }));
    work.run(
      `insert into drift (id, connector, application, identity_id, account_id, code, target, entitlement, granted_id, class, desired, written,
         observed, policy, state, reading, found_at, decided_at)
       select x.id, $1, x.application, x.identity_id, x.account_id, x.code, x.target, x.entitlement, x.granted_id, x.class, x.desired, x.written,
         x.observed, x.policy, case when x.decided then x.policy else 'open' end, $3::uuid, $4::timestamptz,
         case when x.decided then $4::timestamptz end
       from jsonb_to_recordset($2::jsonb) as x(id uuid, application text, identity_id uuid, account_id text, code text, target text,
         entitlement jsonb, granted_id text, class text, desired jsonb, written jsonb, observed jsonb, policy text, decided boolean)
       on conflict do nothing`,
      [connector, JSON.stringify(rows), about.reading, about.at],
    );
  }

  /** These differences are not there any more. */
  close(work: Work, ids: readonly string[], at: string): void {
    if (ids.length === 0) return;
    work.run(`update drift set closed_at = $2::timestamptz where id = any($1::uuid[])`, [ids, at]);
  }

  decide(
    work: Work,
    id: string,
    by: { readonly decision: 'revert' | 'adopt'; readonly actor: string; readonly at: string },
  ): void {
    work.expect(
      `update drift set state = $2, decided_by = $3, decided_at = $4::timestamptz where id = $1::uuid and closed_at is null and decided_at is null`,
      [id, by.decision, by.actor, by.at],
      1,
      'a difference that is open',
    );
  }
}

/** One difference, as it is decided about. */
export interface DecidedDrift extends Difference {
  readonly id: string;
  readonly application: string;
  readonly identityId: string;
  readonly entitlement: EntitlementFields;
}
