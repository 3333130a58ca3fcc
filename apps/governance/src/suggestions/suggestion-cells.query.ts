import { Injectable } from '@nestjs/common';
import { entitlementKey } from '#libs/contracts/entitlement.js';
import { Database } from '#libs/event-store/database.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { identityColumns } from '../identities/identities.exports.js';
import { type CatalogSnapshot, foundPackagesOf } from '../policy/policy.exports.js';
import { attributes, type Cell } from './suggestion.js';

interface CellRow extends Record<string, unknown> {
  readonly held: string[];
  readonly found: string[];
  readonly people: number;
}

const names = attributes.map((name) => `"${name}"`).join(', ');
const values = attributes.map((name) => `i.attributes ->> '${name}' as "${name}"`).join(', ');

/** Reads what everybody holds of an application: one row for people with the same attributes who hold the same. */
@Injectable()
export class SuggestionCells {
  constructor(private readonly db: Database) {}

  async of(application: string, catalog: CatalogSnapshot): Promise<Cell[]> {
    const given = catalog.packagesGranting(application).flatMap(({ id }) =>
      catalog
        .grantsOf(id)
        .filter((grant) => grant.application === application)
        .map((grant) => [id, entitlementKey(grant)] as const),
    );
    const rows = await this.db.query<CellRow>(
      `with given as (select * from unnest($1::text[], $2::text[]) as g(package_id, key)),
       held as (
         select a.identity_id, g.key, false as found from given g join assignment a on a.package_id = g.package_id where a.status in ('active', 'suspended')
         union all
         select identity_id, substr(package_id, length($3) + 1), cause ->> 'certifiedBy' is null
         from assignment where starts_with(package_id, $3) and status in ('active', 'suspended')),
       person as (
         select ${values},
           coalesce(array_agg(distinct h.key order by h.key) filter (where h.key is not null), '{}') as held,
           coalesce(array_agg(distinct h.key order by h.key) filter (where h.found), '{}') as found
         from identity i left join held h on h.identity_id = i.id where i.status <> 'inactive' group by i.id)
       select ${names}, held, found, count(*)::int as people from person group by ${names}, held, found order by ${names}, held, found`,
      [given.map(([id]) => id), given.map(([, key]) => key), foundPackagesOf(application)],
    );
    return rows.map(({ held, found, people, ...row }) => ({ attributes: row, held, found, people }));
  }

  /** Those who are here, match, and hold at least so many of these as they were found and nobody certified them. */
  async holding(filter: string, packageIds: readonly string[], least: number): Promise<string[]> {
    const condition = listCondition(filter, identityColumns, 3);
    const rows = await this.db.query<{ id: string }>(
      `select i.id from (select id from identity where status <> 'inactive' and (${condition.sql})) i
       join assignment a on a.identity_id = i.id and a.package_id = any($1::text[])
       where a.status in ('active', 'suspended') and a.cause ->> 'certifiedBy' is null
       group by i.id having count(distinct a.package_id) >= $2::int order by i.id`,
      [packageIds, least, ...condition.params],
    );
    return rows.map(({ id }) => id);
  }
}
