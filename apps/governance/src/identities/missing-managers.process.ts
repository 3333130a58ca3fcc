import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { governanceActor, People, type Person, Recomputation } from '../people/people.exports.js';
import { Identities } from './identities.stream.js';
import { foundManagers } from './unsettled-identities.query.js';
import { attributesOf, resolveManager } from './identity.js';

const missingManagers = 'missing-managers';
/** Time in which parallel work has been committed, in milliseconds. */
const delayMs = 5_000;
const pageSize = 200;

/**
 * Looks again for managers that were unknown when HR named them. The arrival of the manager finds the people who wait,
 * unless two members of the consumer group handled both at the same time and did not see each other. This timer finds
 * these.
 */
@Injectable()
export class MissingManagers implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly timers: Timers,
    private readonly people: People,
    private readonly identities: Identities,
    private readonly recomputation: Recomputation,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(missingManagers, (_, work) => this.fire(work));
  }

  watch(work: Work, people: readonly Person[], at: string): void {
    const missing = people.some(
      ({ identity: { state } }) =>
        state.status !== 'absent' && state.managerId === null && attributesOf(state)?.managerId !== undefined,
    );
    if (missing) this.next(work, new Date(Date.parse(at) + delayMs).toISOString());
  }

  private next(work: Work, dueAt: string): void {
    this.timers.at(work, { kind: missingManagers, key: 'everybody', dueAt, payload: {} });
  }

  private async fire(work: Work): Promise<void> {
    const found = await foundManagers(this.db, pageSize);
    if (found.length === 0) return;
    const at = this.clock.now();
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
    if (found.length === pageSize) this.next(work, at);
  }
}
