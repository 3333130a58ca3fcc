import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { identityColumns } from '../identities/identities.exports.js';

/** Finds the people whom a bulk change names. */
@Injectable()
export class BulkPeople {
  constructor(private readonly db: Database) {}

  /** Those who are here and match, at most `limit`, by id; with a package, only who holds it. */
  async matching(filter: string, heldPackage: string | null, limit: number): Promise<string[]> {
    const condition = listCondition(filter, identityColumns, 3);
    const rows = await this.db.query<{ id: string }>(
      `select id from identity where status <> 'inactive' and (${condition.sql})
       and ($1::text is null or exists (select 1 from assignment a where a.identity_id = identity.id and a.package_id = $1
         and a.status in ('active', 'scheduled', 'suspended'))) order by id limit $2::int`,
      [heldPackage, limit, ...condition.params],
    );
    return rows.map(({ id }) => id);
  }

  /** What those who match hold that was found and that nobody has certified. @param packageId one thing, or `as-found:<application>` */
  async holdingFound(
    filter: string,
    packageId: string,
    limit: number,
  ): Promise<{ readonly identityId: string; readonly packageId: string }[]> {
    const condition = listCondition(filter, identityColumns, 3);
    return await this.db.query<{ identityId: string; packageId: string } & Record<string, unknown>>(
      `select i.id as "identityId", a.package_id as "packageId"
       from (select id from identity where status <> 'inactive' and (${condition.sql})) i join assignment a on a.identity_id = i.id
       where a.status in ('active', 'suspended') and a.cause ->> 'type' = 'as-found'
         and a.cause ->> 'certifiedBy' is null and (a.package_id = $1 or starts_with(a.package_id, $1 || ':'))
       order by i.id, a.package_id limit $2::int`,
      [packageId, limit, ...condition.params],
    );
  }

  /** Those who are here, match, and hold one of these as it was found and nobody certified it. */
  async finding(filter: string, packageIds: readonly string[], limit: number): Promise<string[]> {
    const condition = listCondition(filter, identityColumns, 3);
    const rows = await this.db.query<{ id: string }>(
      `select id from identity where status <> 'inactive' and (${condition.sql})
       and exists (select 1 from assignment a where a.identity_id = identity.id and a.package_id = any($1::text[])
         and a.status in ('active', 'suspended') and a.cause ->> 'certifiedBy' is null) order by id limit $2::int`,
      [packageIds, limit, ...condition.params],
    );
    return rows.map(({ id }) => id);
  }

  /** The live holders of these employee numbers. */
  async numbered(numbers: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.db.query<{ number: string; id: string }>(
      `select n as number, x.id from unnest($1::text[]) n, lateral (select id from identity where live_numbers @> array[n] limit 1) x`,
      [[...new Set(numbers)]],
    );
    return new Map(rows.map(({ number, id }) => [number, id]));
  }
}
