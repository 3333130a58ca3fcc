import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { governanceActor, People, type Person, type PersonBatch, Recomputation } from '../people/people.exports.js';
import { Identities } from './identities.stream.js';
import { LookAgain } from './look-again.process.js';
import { displacedNames } from './unsettled-identities.query.js';
import type { IdentityEvent } from './identity.events.js';
import { addressKeyOf, nameKeyOf, renameUser } from './identity.js';

/** The work, and the cause, of a change of one person. */
export interface Surrounding {
  readonly batch: PersonBatch;
  readonly catalog: CatalogSnapshot;
  readonly work: Work;
  readonly at: string;
}

type RecordedIdentity = ReturnType<Identities['stage']>['facts'][number];

/**
 * Changes identities and the userNames of other people that the change concerns. A person gets HR's address as
 * userName; another person who has that name must give it up, in any order of HR's messages. A timer checks again what
 * two members of the consumer group decided at the same time.
 */
@Injectable()
export class UserNames implements OnModuleInit {
  private readonly again: LookAgain;

  constructor(
    private readonly db: Database,
    timers: Timers,
    private readonly people: People,
    private readonly identities: Identities,
    private readonly recomputation: Recomputation,
    clock: Clock,
  ) {
    this.again = new LookAgain(timers, clock, 'user-names');
  }

  onModuleInit(): void {
    this.again.handle(
      (limit) => displacedNames(this.db, limit),
      (work, found, at) => this.correct(work, found, at),
    );
  }

  /** Stages an identity's facts and everything that follows from them, for others' names, too. */
  change(
    person: Person,
    events: readonly IdentityEvent[],
    causation: Causation,
    surrounding: Surrounding,
  ): readonly RecordedIdentity[] {
    if (events.length === 0) return [];
    const { batch, catalog, work, at } = surrounding;
    this.people.decide(work, person);
    const { facts, id, state, version } = this.identities.stage(work, person.identity, events, causation);
    const because = { ...causation, actor: governanceActor, causationId: facts.at(-1)?.id ?? causation.causationId };
    const names = [nameOf(person.identity.state), nameOf(state)].filter((name) => name !== null);
    const displaced = names.map((name) => batch.holderOfName(name));
    const now = { ...person, identity: { id, state, version } };
    const terms = { catalog, causation: because, at, formerly: person.identity.state };
    batch.put(this.recomputation.stage(work, now, terms).person);
    const concerned = [...displaced, ...names.flatMap((name) => batch.peopleWithAddress(name))];
    for (const other of new Set(concerned)) {
      if (other === null || other === id) continue;
      const them = batch.get(other);
      this.change(them, renameUser(batch.namesOfOthers(other), them.identity.state), because, surrounding);
    }
    return facts;
  }

  /** Sets the timer that checks names again, where a person has another name than their address in HR. */
  watch(work: Work, people: readonly Person[], at: string): void {
    const missing = people.some(({ identity: { state } }) => {
      if (state.status === 'absent') return false;
      const address = addressKeyOf(state);
      return address !== null && address !== nameKeyOf(state);
    });
    if (missing) this.again.soon(work, at);
  }

  private async correct(work: Work, found: Awaited<ReturnType<typeof displacedNames>>, at: string): Promise<void> {
    const ids = found.flatMap(({ id, bearer }) => [id, ...(bearer === null ? [] : [bearer])]);
    const { catalog, batch } = await this.people.today({ ids, namesOf: ids });
    for (const { id } of found) {
      const person = batch.get(id);
      const causation = { actor: governanceActor, correlationId: id, causationId: null };
      const events = renameUser(batch.namesOfOthers(id), person.identity.state);
      this.change(person, events, causation, { batch, catalog, work, at });
    }
    this.people.guard(work, catalog);
  }
}

const nameOf = (state: Person['identity']['state']): string | null =>
  state.status === 'absent' ? null : (state.person?.userName ?? null);
