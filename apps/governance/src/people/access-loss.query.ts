import { Injectable } from '@nestjs/common';
import { firstUuid } from '#libs/event-store/ids.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { Clock } from '#libs/system/clock.js';
import type { AffectedPeople } from './affected-people.js';
import { FindAffectedPeople, type AffectedPart, type Holders } from './affected-people.query.js';
import { type Access, holds, type WithheldVersion } from '../assignments/assignments.exports.js';
import { entitlementsUnder, foreseenUnder, missingIn, type Entitlement } from './lost-access.js';
import { namedPerson, type NamedPerson } from '../names/names.exports.js';
import { People } from './people.query.js';

/** Whom a change of the catalog takes something from. */
export interface AccessLoss {
  readonly holders: number;
  readonly loses: number;
  /** Ids of all who lose. */
  readonly losers: readonly string[];
  /** Of those who lose, at most {@link maxNamed}. */
  readonly people: readonly { readonly person: NamedPerson; readonly loses: readonly Entitlement[] }[];
}

/** What somebody would gain and lose. */
export interface ForeseenPerson {
  readonly person: NamedPerson;
  readonly gains: readonly Entitlement[];
  readonly loses: readonly Entitlement[];
  /** Versions of packages that would not reach them. */
  readonly withheld: readonly WithheldVersion[];
  /** What becomes of it where they hold a package that is to be retired; null: they do not. */
  readonly retired: 'moves' | 'ends' | null;
}

/** Whom a change of the catalog gives or takes something. */
export interface ForeseenChange {
  readonly gains: number;
  readonly losers: readonly string[];
  /** How many would not get what a version of a package adds. */
  readonly withheld: number;
  /** How many hold a package that is to be retired: they have its successor then, or nothing of it. */
  readonly moves: number;
  readonly ends: number;
  /** How many gain or lose something. */
  readonly touched: number;
  /** Of those, at most {@link maxNamed}. */
  readonly people: readonly ForeseenPerson[];
}

/** People named in one answer. */
const maxNamed = 500;
/** People loaded and computed at a time. */
const pageSize = 200;

/** What people would lose under a catalog that is only proposed: computed as it would be if it were defined. */
@Injectable()
export class AccessLosses {
  constructor(
    private readonly find: FindAffectedPeople,
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  /** @param among whom the change can take something from, of those whom it affects */
  async between(
    before: CatalogSnapshot,
    after: CatalogSnapshot,
    affected: AffectedPeople,
    among: Holders,
  ): Promise<AccessLoss> {
    const people: AccessLoss['people'][number][] = [];
    const losers: string[] = [];
    for await (const { person, loses } of this.changes(before, after, affected, among)) {
      if (loses.length === 0) continue;
      losers.push(person.id);
      if (people.length < maxNamed) people.push({ person, loses });
    }
    return { holders: await this.find.count(among), loses: losers.length, losers, people };
  }

  /** What everybody whom the change affects would gain and lose. */
  async foresee(
    before: CatalogSnapshot,
    after: CatalogSnapshot,
    affected: AffectedPeople,
    retiring: string | null = null,
  ): Promise<ForeseenChange> {
    const people: ForeseenPerson[] = [];
    const losers: string[] = [];
    let [gains, touched, withheld, moves, ends] = [0, 0, 0, 0, 0];
    for await (const one of this.changes(before, after, affected, null, retiring)) {
      touched += 1;
      if (one.gains.length > 0) gains += 1;
      if (one.withheld.length > 0) withheld += 1;
      if (one.retired === 'moves') moves += 1;
      if (one.retired === 'ends') ends += 1;
      if (one.loses.length > 0) losers.push(one.person.id);
      if (people.length < maxNamed) people.push(one);
    }
    return { gains, losers, touched, withheld, moves, ends, people };
  }

  /** The number of different people who hold one of these packages, or are in `people`. */
  async countTogether(holders: readonly Holders[], people: readonly string[]): Promise<number> {
    return await this.find.countTogether(holders, people);
  }

  private async *changes(
    before: CatalogSnapshot,
    after: CatalogSnapshot,
    affected: AffectedPeople,
    among: Holders | null,
    retiring: string | null = null,
  ): AsyncGenerator<ForeseenPerson> {
    let next: string | null = firstUuid;
    const at = this.clock.now();
    while (next !== null) {
      const found: AffectedPart = await this.find.next(affected, before, { after: next, limit: pageSize }, among);
      next = found.after;
      const { batch } = await this.people.today({ ids: found.ids });
      for (const person of found.ids.map((id) => batch.get(id))) {
        const [had, foreseen] = [entitlementsUnder(person, before, at), foreseenUnder(person, after, at)];
        const { entitlements: has } = foreseen;
        const [gains, loses] = [missingIn(had, has), missingIn(has, had)];
        const { id, state } = person.identity;
        const known = person.access.state.withheldVersions;
        const withheld = foreseen.access.withheldVersions.filter((one) => !known.includes(one));
        const retired = retiring === null ? null : outcomeOf(retiring, after, person.access.state, foreseen.access);
        if (gains.length + loses.length + withheld.length > 0 || retired !== null)
          yield { person: namedPerson(id, state), gains, loses, withheld, retired };
      }
    }
  }
}

/** What becomes of a package that is to be retired, for somebody who may hold it. */
function outcomeOf(
  retiring: string,
  catalog: CatalogSnapshot,
  before: Access,
  after: Access,
): ForeseenPerson['retired'] {
  if (!holds(retiring, before)) return null;
  const successor = catalog.successorOf(retiring);
  return successor !== null && holds(successor, after) ? 'moves' : 'ends';
}
