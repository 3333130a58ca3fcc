import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { CatalogSnapshot } from '../catalog/catalog-snapshot.js';
import type { Person } from './crowd.js';
import { entitlementsAfter, missingIn, type Entitlement } from './lost-access.js';
import { namedPerson, type NamedPerson } from './named-person.js';
import { People } from './people.query.js';
import { recomputePerson } from './recompute-person.js';

/** Holders of packages; with `rule`, only who got them by that birthright rule. */
export interface Holders {
  readonly packages: readonly string[];
  readonly rule: string | null;
}

/** Whom a change of the catalog takes something from. */
export interface AccessLoss {
  readonly holders: number;
  readonly loses: number;
  /** Of those who lose, at most {@link mostNamed}. */
  readonly people: readonly { readonly person: NamedPerson; readonly loses: readonly Entitlement[] }[];
}

/** People named in one answer. */
const mostNamed = 500;
/** People loaded and computed at a time. */
const pageSize = 200;

/** What people would lose under a catalog that is only proposed: computed as it would be if it were defined. */
@Injectable()
export class AccessLosses {
  constructor(
    private readonly db: Database,
    private readonly people: People,
  ) {}

  async between(before: CatalogSnapshot, after: CatalogSnapshot, { packages, rule }: Holders): Promise<AccessLoss> {
    const rows = await this.db.query<{ id: string }>(
      `select distinct identity_id as id from assignment
       where status = 'active' and package_id = any($1::text[])
         and ($2::text is null or (cause ->> 'type' = 'birthright' and cause ->> 'rule' = $2))`,
      [packages, rule],
    );
    const people: AccessLoss['people'][number][] = [];
    let loses = 0;
    for (let from = 0; from < rows.length; from += pageSize) {
      const ids = rows.slice(from, from + pageSize).map(({ id }) => id);
      const { crowd } = await this.people.today({ ids });
      for (const person of ids.map((id) => crowd.get(id))) {
        const lost = lostBy(person, before, after);
        if (lost.length === 0) continue;
        loses += 1;
        const { id, state } = person.identity;
        if (people.length < mostNamed) people.push({ person: namedPerson(id, state), loses: lost });
      }
    }
    return { holders: rows.length, loses, people };
  }
}

/** Both are computed: what an earlier change is still taking away is not this one's doing. */
function lostBy(person: Person, before: CatalogSnapshot, after: CatalogSnapshot): Entitlement[] {
  const given = { newId: () => '', at: '', epoch: 0 };
  const under = (catalog: CatalogSnapshot): Entitlement[] =>
    entitlementsAfter(person, recomputePerson(person, catalog, given));
  return missingIn(under(after), under(before));
}
