import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { FilterError } from '#libs/scim/filter/filter.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import { toSql } from '#libs/scim/filter/to-sql.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { identityColumns } from '../identities/identities.exports.js';
import type { AffectedPeople, FilterChange } from './affected-people.js';

/** Holders of packages; with `rule`, only who got them by that birthright rule. */
export interface Holders {
  readonly packages: readonly string[];
  readonly rule: string | null;
}

/** Affected people in order of their ids. */
export interface AffectedPart {
  readonly ids: readonly string[];
  /** The page after this id is next; null at the end. */
  readonly after: string | null;
}

/** States of an assignment that somebody has, whether it gives something now or not. */
const held = `'active', 'scheduled', 'suspended'`;

/** Maximum of people whom one statement reads, so that it ends soon even if few of them are affected. */
const lookedThrough = 10_000;

/** Finds the people whom a change of the catalog affects. Of all others nothing is loaded. */
@Injectable()
export class FindAffectedPeople {
  constructor(private readonly db: Database) {}

  /**
   * @param part the people after this id, and how many of them at most @param among only these holders; null for everybody
   */
  async next(
    affected: AffectedPeople,
    catalog: CatalogSnapshot,
    part: { readonly after: string; readonly limit: number },
    among: Holders | null = null,
  ): Promise<AffectedPart> {
    const condition = new Condition([part.after, part.limit]);
    const chosen = among === null ? 'true' : condition.held(among);
    const sql = condition.of(affected, catalog);
    const [row] = await this.db.query<{ ids: string[]; last: string | null }>(
      `select array(
         select i.id from (select * from identity where id > $1::uuid order by id limit ${lookedThrough}) i
         where ${chosen} and (${sql}) order by i.id limit $2::int) as ids,
       (select id from identity where id > $1::uuid order by id offset ${lookedThrough - 1} limit 1) as last`,
      condition.params,
    );
    const { ids = [], last = null } = row ?? {};
    return { ids, after: ids.length < part.limit ? last : (ids.at(-1) ?? null) };
  }

  /** The number of people whom a change of the catalog affects. */
  async countAffected(affected: AffectedPeople, catalog: CatalogSnapshot): Promise<number> {
    const condition = new Condition([]);
    const sql = condition.of(affected, catalog);
    const [row] = await this.db.query<{ people: number }>(
      `select count(*)::int as people from identity i where ${sql}`,
      condition.params,
    );
    return row?.people ?? 0;
  }

  /** The number of these people. */
  async count({ packages, rule }: Holders): Promise<number> {
    const [row] = await this.db.query<{ holders: number }>(
      `select count(distinct identity_id)::int as holders from assignment
       where status in (${held}) and package_id = any($1::text[])
         and ($2::text is null or (cause ->> 'type' = 'birthright' and cause ->> 'rule' = $2))`,
      [packages, rule],
    );
    return row?.holders ?? 0;
  }

  /** The number of different people who hold one of these packages, or are in `people`. */
  async countTogether(holders: readonly Holders[], people: readonly string[]): Promise<number> {
    const [row] = await this.db.query<{ together: number }>(
      `select count(distinct id)::int as together from (
         select a.identity_id as id from jsonb_to_recordset($1::jsonb) as h(packages text[], rule text)
         join assignment a on a.status in (${held}) and a.package_id = any(h.packages)
           and (h.rule is null or (a.cause ->> 'type' = 'birthright' and a.cause ->> 'rule' = h.rule))
         union select unnest($2::uuid[])) known`,
      [JSON.stringify(holders), people],
    );
    return row?.together ?? 0;
  }
}

/** A condition over the row `i` of an identity, with its parameters. */
class Condition {
  constructor(readonly params: unknown[]) {}

  of(affected: AffectedPeople, catalog: CatalogSnapshot): string {
    switch (affected.who) {
      case 'nobody':
        return 'false';
      case 'everybody':
        return 'true';
      case 'matching': {
        const changed = affected.filters.map((one) => this.matchesOne(one)).join(' or ');
        const byRule = this.held({ packages: null, rule: affected.rule });
        return `${present} and (${changed}) or ${byRule} and (${this.matches(affected.filter) ?? 'false'}) is not true`;
      }
      case 'holding':
        return this.held({ packages: [affected.package], rule: null });
      case 'given':
        return this.given([affected.package], catalog);
      case 'having':
        return `(${this.held({ packages: affected.packages, rule: null })} or ${this.given(affected.packages, catalog)})`;
      case 'selected':
        return this.matches(affected.filter) ?? 'true';
      case 'known-in':
        return `exists (select from desired_access x where x.identity_id = i.id and x.application = any(${this.parameter(affected.applications)}::text[]))`;
      case 'any':
        return `(${['false', ...affected.of.map((one) => `(${this.of(one, catalog)})`)].join(' or ')})`;
    }
  }

  /** Who matches a rule that gives one of these packages. */
  private given(packages: readonly string[], catalog: CatalogSnapshot): string {
    const filters = new Set(packages.flatMap((id) => catalog.rulesGiving(id)).map(({ document }) => document.filter));
    const matching = [...filters].map((filter) => this.matches(filter) ?? 'true');
    return `${present} and (${['false', ...matching].join(' or ')})`;
  }

  /** One index lookup for each person. With a join, PostgreSQL could read all assignments for each page. */
  held({ packages, rule }: { readonly packages: readonly string[] | null; readonly rule: string | null }): string {
    const conditions = [
      ...(packages === null ? [] : [`a.package_id = any(${this.parameter(packages)}::text[])`]),
      ...(rule === null ? [] : [`a.cause ->> 'type' = 'birthright' and a.cause ->> 'rule' = ${this.parameter(rule)}`]),
    ];
    return `(select true from assignment a where ${['a.identity_id = i.id', `a.status in (${held})`, ...conditions].join(' and ')} limit 1) is true`;
  }

  private matchesOne({ before, after }: FilterChange): string {
    const now = this.matches(after);
    if (before === null) return now ?? 'true';
    const former = this.matches(before);
    return now === null || former === null ? 'true' : `(${former}) is true <> (${now}) is true`;
  }

  /** Null for a filter that SQL cannot express, such as a text compared with a number. */
  private matches(filter: string): string | null {
    try {
      const { sql, params } = toSql(parseFilter(filter), identityColumns, this.params.length + 1);
      this.params.push(...params);
      return `(${sql})`;
    } catch (error) {
      if (error instanceof FilterError) return null;
      throw error;
    }
  }

  private parameter(value: unknown): string {
    return `$${this.params.push(value)}`;
  }
}

/** Somebody inactive matches no rule. */
const present = `i.status <> 'inactive'`;
