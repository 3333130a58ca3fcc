import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/system/clock.js';
import { exceptedRules } from '../assignments/assignments.exports.js';
import { namedPerson, type NamedPerson } from '../names/names.exports.js';
import type { CatalogSnapshot, SeparationRule } from '../policy/policy.exports.js';
import { affectedBySeparation } from './affected-people.js';
import { FindAffectedPeople, type AffectedPart } from './affected-people.query.js';
import { People } from './people.query.js';

/** Somebody who violates a rule, with what they have of it. */
export interface Violator {
  readonly person: NamedPerson;
  readonly packages: readonly string[];
  readonly excepted: boolean;
}

/** People named in one answer. */
const maxNamed = 500;
const pageSize = 200;
const start = '00000000-0000-0000-0000-000000000000';

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
    const { separation } = catalog.with({ kind: 'separation-rule', id, document });
    const affected = affectedBySeparation(null, document, catalog);
    const people: Violator[] = [];
    let count = 0;
    for (let after: string | null = start; after !== null;) {
      const found: AffectedPart = await this.find.next(affected, catalog, { after, limit: pageSize });
      after = found.after;
      const { batch } = await this.people.today({ ids: found.ids });
      for (const { identity, access } of found.ids.map((one) => batch.get(one))) {
        const begun = access.state.assignments.filter(({ phase }) => phase !== 'scheduled');
        const conflict = separation.among(begun.map(({ packageId }) => packageId)).find(({ rule }) => rule === id);
        if (conflict === undefined) continue;
        count += 1;
        const excepted = exceptedRules(access.state, this.clock.now()).has(id);
        const person = namedPerson(identity.id, identity.state);
        if (people.length < maxNamed) people.push({ person, packages: conflict.packages, excepted });
      }
    }
    return { count, people };
  }
}
