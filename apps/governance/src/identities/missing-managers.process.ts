import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { governanceActor, People, type Person, Recomputation } from '../people/people.exports.js';
import { Identities } from './identities.stream.js';
import { LookAgain } from './look-again.process.js';
import { foundManagers } from './unsettled-identities.query.js';
import { attributesOf, resolveManager } from './identity.js';

/**
 * Looks again for managers that were unknown when HR named them. The arrival of the manager finds the people who wait,
 * unless two members of the consumer group handled both at the same time and did not see each other. This timer finds
 * these.
 */
@Injectable()
export class MissingManagers implements OnModuleInit {
  private readonly again: LookAgain;

  constructor(
    private readonly db: Database,
    timers: Timers,
    private readonly people: People,
    private readonly identities: Identities,
    private readonly recomputation: Recomputation,
    clock: Clock,
  ) {
    this.again = new LookAgain(timers, clock, 'missing-managers');
  }

  onModuleInit(): void {
    this.again.handle(
      (limit) => foundManagers(this.db, limit),
      (work, found, at) => this.correct(work, found, at),
    );
  }

  watch(work: Work, people: readonly Person[], at: string): void {
    const missing = people.some(
      ({ identity: { state } }) =>
        state.status !== 'absent' && state.managerId === null && attributesOf(state)?.managerId !== undefined,
    );
    if (missing) this.again.soon(work, at);
  }

  private async correct(work: Work, found: Awaited<ReturnType<typeof foundManagers>>, at: string): Promise<void> {
    const { catalog, batch } = await this.people.today({ ids: found.map(({ id }) => id) });
    for (const { id, manager } of found) {
      const person = batch.get(id);
      const causation = { actor: governanceActor, correlationId: id, causationId: null };
      const events = resolveManager(manager, person.identity.state);
      if (events.length === 0) continue;
      this.people.decide(work, person);
      const { facts, state, version } = this.identities.stage(work, person.identity, events, causation);
      const because = { ...causation, causationId: facts.at(-1)?.id ?? null };
      const now = { ...person, identity: { id, state, version } };
      this.recomputation.stage(work, now, { catalog, causation: because, at, formerly: person.identity.state });
    }
    this.people.guard(work, catalog);
  }
}
