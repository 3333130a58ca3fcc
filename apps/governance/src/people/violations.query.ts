import { Injectable } from '@nestjs/common';
import { firstUuid } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import { exceptedRules } from '../assignments/assignments.exports.js';
import { namedPerson, type NamedPerson } from '../names/names.exports.js';
import type { CatalogSnapshot, SeparationRule } from '../policy/policy.exports.js';
import { affectedBySeparation, type AffectedPeople } from './affected-people.js';
import { FindAffectedPeople, type AffectedPart } from './affected-people.query.js';
import { People } from './people.query.js';
import type { Person } from './person-batch.js';

/** Somebody who violates a rule, with what they have of it; or several rules, by their ids. */
export interface Violator {
  readonly person: NamedPerson;
  readonly packages: readonly string[];
  readonly excepted: boolean;
}

/** People named in one answer. */
const maxNamed = 500;
const pageSize = 200;

/** Finds who violates a rule that is only proposed, by what the production rules say of each. */
@Injectable()
export class Violations {
  constructor(
    private readonly find: FindAffectedPeople,
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  async of(
    { id, document }: { readonly id: string; readonly document: SeparationRule },
    catalog: CatalogSnapshot,
  ): Promise<{ readonly count: number; readonly people: readonly Violator[] }> {
    const proposed = catalog.with({ kind: 'separation-rule', id, document });
    return await this.count(affectedBySeparation(null, document, catalog), catalog, (person) => {
      const separation = proposed.separationFor(person.access.state.assignments);
      const conflict = separation.among(begunPackages(person)).find(({ rule }) => rule === id);
      const excepted = exceptedRules(person.access.state, this.clock.now()).has(id);
      return conflict === undefined ? null : { packages: conflict.packages, excepted };
    });
  }

  private async count(
    affected: AffectedPeople,
    catalog: CatalogSnapshot,
    violates: (person: Person) => Omit<Violator, 'person'> | null,
  ): Promise<{ readonly count: number; readonly people: readonly Violator[] }> {
    const people: Violator[] = [];
    let count = 0;
    for (let after: string | null = firstUuid; after !== null;) {
      const found: AffectedPart = await this.find.next(affected, catalog, { after, limit: pageSize });
      after = found.after;
      const { batch } = await this.people.today({ ids: found.ids });
      for (const person of found.ids.map((one) => batch.get(one))) {
        const violated = violates(person);
        if (violated === null) continue;
        count += 1;
        const { id, state } = person.identity;
        if (people.length < maxNamed) people.push({ person: namedPerson(id, state), ...violated });
      }
    }
    return { count, people };
  }
}

const begunPackages = ({ access }: Person): string[] =>
  access.state.assignments.filter(({ phase }) => phase !== 'scheduled').map(({ packageId }) => packageId);
