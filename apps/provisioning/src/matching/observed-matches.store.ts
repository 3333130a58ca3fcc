import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Classified, Match, Ownership, Rival } from './classification.js';

/** An observed account, with what is known of whose it is. */
export interface MatchedRow {
  readonly no: number;
  readonly accountId: string;
  readonly userName: string | null;
  readonly externalId: string | null;
  readonly active: boolean | null;
  readonly shown: Readonly<Record<string, readonly unknown[]>>;
  /** The person for whom the hub keeps it; null for none. */
  readonly keptFor: string | null;
  readonly ownership: Ownership | null;
  /** As stored. */
  readonly match: Match | null;
  readonly classified: Classified | null;
}

interface Row {
  readonly no: string;
  readonly account_id: string;
  readonly user_name: string | null;
  readonly external_id: string | null;
  readonly active: boolean | null;
  readonly shown: MatchedRow['shown'];
  readonly kept_for: string | null;
  readonly decision: Ownership['decision'] | null;
  readonly owner: string | null;
  readonly kind: Ownership['kind'];
  readonly match_rule: string | null;
  readonly match_rank: number | null;
  readonly match_candidates: readonly string[];
  readonly classification: Classified['classification'] | null;
  readonly identity_id: string | null;
  readonly why: string | null;
  readonly candidates: readonly string[];
}

/** Accounts looked at by one query. */
const pageSize = 5_000;

/** Whose observed accounts are, as columns of their rows. What is as before is not written again. */
@Injectable()
export class ObservedMatches {
  constructor(private readonly db: Database) {}

  /** Accounts that are there, after a number, in order. */
  async page(connector: string, after: number): Promise<MatchedRow[]> {
    return await this.rows('o.no > $2 and o.missing_since is null order by o.no limit $3', [
      connector,
      after,
      pageSize,
    ]);
  }

  /** Those of these accounts that are there. */
  async of(connector: string, accounts: readonly string[]): Promise<MatchedRow[]> {
    return await this.rows('o.account_id = any($2::text[]) and o.missing_since is null', [connector, accounts]);
  }

  /** All accounts that were found for these people. */
  async ofOwners(connector: string, people: readonly string[]): Promise<MatchedRow[]> {
    return await this.rows('o.match_identity = any($2::uuid[]) and o.missing_since is null', [connector, people]);
  }

  private async rows(which: string, params: readonly unknown[]): Promise<MatchedRow[]> {
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `select o.no, o.account_id, o.user_name, o.external_id, o.active, o.shown, a.identity_id as kept_for,
         w.decision, w.identity_id as owner, w.kind, o.match_rule, o.match_rank, o.match_candidates, o.classification, o.identity_id, o.why, o.candidates
       from observed_account o
         left join account_ownership w on w.connector = o.connector and w.account_id = o.account_id
         left join lateral (
           select identity_id from account where connector = $1 and account_id = o.account_id and status <> 'deleted' limit 1
         ) a on true
       where o.connector = $1 and ${which}`,
      params,
    );
    return rows.map(matchedOf);
  }

  async storeMatches(
    connector: string,
    matches: readonly { readonly no: number; readonly match: Match | null }[],
  ): Promise<void> {
    if (matches.length === 0) return;
    const rows = matches.map(({ no, match }) => ({
      no,
      rule: match?.rule ?? null,
      rank: match?.rank ?? null,
      identity: match?.candidates.length === 1 ? match.candidates[0] : null,
      candidates: match?.candidates ?? [],
    }));
    await this.db.query(
      `update observed_account o set match_rule = x.rule, match_rank = x.rank, match_identity = x.identity, match_candidates = x.candidates
       from jsonb_to_recordset($2::jsonb) as x(no bigint, rule text, rank int, identity uuid, candidates jsonb)
       where o.connector = $1 and o.no = x.no`,
      [connector, JSON.stringify(rows)],
    );
  }

  /** All accounts that were found for these people, by person. */
  async rivals(connector: string, people: readonly string[]): Promise<Map<string, Rival[]>> {
    const rows = await this.db.query<{ identity: string; no: string; rank: number }>(
      `select match_identity as identity, no, match_rank as rank from observed_account
       where connector = $1 and match_identity = any($2::uuid[]) and missing_since is null`,
      [connector, people],
    );
    const byPerson = new Map<string, Rival[]>();
    for (const { identity, no, rank } of rows) {
      const known = byPerson.get(identity) ?? [];
      known.push({ no: Number(no), rank });
      byPerson.set(identity, known);
    }
    return byPerson;
  }

  async storeClassified(
    connector: string,
    changes: readonly { readonly no: number; readonly classified: Classified }[],
  ): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map(({ no, classified: { classification, identity, why, candidates } }) => ({
      no,
      classification,
      identity,
      why,
      candidates,
    }));
    await this.db.query(
      `update observed_account o set classification = x.classification, identity_id = x.identity, why = x.why, candidates = x.candidates
       from jsonb_to_recordset($2::jsonb) as x(no bigint, classification text, identity uuid, why text, candidates jsonb)
       where o.connector = $1 and o.no = x.no`,
      [connector, JSON.stringify(rows)],
    );
  }
}

function matchedOf(row: Row): MatchedRow {
  const { decision, owner, kind, match_rule: rule, match_rank: rank, classification, why } = row;
  return {
    no: Number(row.no),
    accountId: row.account_id,
    userName: row.user_name,
    externalId: row.external_id,
    active: row.active,
    shown: row.shown,
    keptFor: row.kept_for,
    ownership: decision === null ? null : { decision, identityId: owner, kind },
    match: rule === null || rank === null ? null : { rule, rank, candidates: row.match_candidates },
    classified:
      classification === null || why === null
        ? null
        : { classification, identity: row.identity_id, why, candidates: row.candidates },
  };
}
