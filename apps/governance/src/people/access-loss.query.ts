import { Injectable } from '@nestjs/common';
import type { CatalogSnapshot } from '../catalog/catalog-snapshot.js';
import type { AffectedPeople } from './affected-people.js';
import { FindAffectedPeople, type AffectedPart, type Holders } from './affected-people.query.js';
import type { Person } from './person-batch.js';
import { entitlementsAfter, missingIn, type Entitlement } from './lost-access.js';
import { namedPerson, type NamedPerson } from './named-person.js';
import { People } from './people.query.js';
import { recomputePerson } from './recompute-person.js';

/** Whom a change of the catalog takes something from. */
export interface AccessLoss {
  readonly holders: number;
  readonly loses: number;
  /** The people who lose access, at most {@link maxNamed}. */
  readonly people: readonly { readonly person: NamedPerson; readonly loses: readonly Entitlement[] }[];
}

/** People named in one answer. */
const maxNamed = 500;
/** People loaded and computed at a time. */
const pageSize = 200;
const start = '00000000-0000-0000-0000-000000000000';

/** What people would lose under a catalog that is only proposed: computed as it would be if it were defined. */
@Injectable()
export class AccessLosses {
  constructor(
    private readonly find: FindAffectedPeople,
    private readonly people: People,
  ) {}

  /** @param among whom the change can take something from, of those whom it affects */
  async between(
    before: CatalogSnapshot,
    after: CatalogSnapshot,
    affected: AffectedPeople,
    among: Holders,
  ): Promise<AccessLoss> {
    const people: AccessLoss['people'][number][] = [];
    let loses = 0;
    let next: string | null = start;
    while (next !== null) {
      const found: AffectedPart = await this.find.next(affected, before, { after: next, limit: pageSize }, among);
      next = found.after;
      const { batch } = await this.people.today({ ids: found.ids });
      for (const person of found.ids.map((id) => batch.get(id))) {
        const lost = lostBy(person, before, after);
        if (lost.length === 0) continue;
        loses += 1;
        const { id, state } = person.identity;
        if (people.length < maxNamed) people.push({ person: namedPerson(id, state), loses: lost });
      }
    }
    return { holders: await this.find.count(among), loses, people };
  }
}

/** Both states are computed: what an earlier change still removes does not count for this one. */
function lostBy(person: Person, before: CatalogSnapshot, after: CatalogSnapshot): Entitlement[] {
  const given = { newId: () => '', at: '', epoch: 0 };
  const under = (catalog: CatalogSnapshot): Entitlement[] =>
    entitlementsAfter(person, recomputePerson(person, catalog, given));
  return missingIn(under(after), under(before));
}
