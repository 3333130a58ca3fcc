import { Injectable } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { People } from '../people/people.exports.js';
import { pass, passBack } from './sponsorship.js';
import { Sponsorships } from './sponsorships.stream.js';
import { StoredSponsorships } from './stored-sponsorships.query.js';

/** How far up the managers are looked at, to find one who is here. */
const mostManagers = 10;

/** Whom a leaver sponsored passes to somebody else. */
@Injectable()
export class PassSponsorships {
  constructor(
    private readonly store: EventStore,
    private readonly stored: StoredSponsorships,
    private readonly sponsorships: Sponsorships,
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  /** Whom these leavers sponsor: contractors by leaver. */
  async sponsoredBy(leaverIds: readonly string[]): Promise<Map<string, string[]>> {
    const found = await this.stored.sponsoredBy(leaverIds);
    const pairs = [...found.values()].flatMap(({ id, state }) =>
      state.status === 'open' ? [{ id, by: state.sponsorId ?? state.formerId ?? '' }] : [],
    );
    const grouped = Map.groupBy(pairs, ({ by }) => by);
    return new Map([...grouped].map(([by, ofLeaver]) => [by, ofLeaver.map(({ id }) => id).sort()]));
  }

  /**
   * Gives everybody whom the leaver sponsored another sponsor; where there is none, nobody answers for them, and they are
   * listed so.
   */
  async passOn(leaverId: string, successorId: string | null, causation: Causation): Promise<void> {
    await decideAgainOnConflict(async () => {
      const sponsored = await this.stored.sponsoredBy([leaverId]);
      const work = this.store.work();
      for (const before of sponsored.values())
        this.sponsorships.stage(work, before, pass(successorId, leaverId, this.clock.now(), before.state), causation);
      await work.commit();
    });
  }

  /** Gives back whom a sponsor answered for whose leaving did not hold, as far as HR still names them. */
  async passBack(sponsorId: string, numbers: readonly string[], causation: Causation): Promise<void> {
    await decideAgainOnConflict(async () => {
      const sponsored = await this.stored.statedAs(numbers);
      const work = this.store.work();
      for (const before of sponsored.values())
        this.sponsorships.stage(work, before, passBack(sponsorId, numbers, this.clock.now(), before.state), causation);
      await work.commit();
    });
  }

  /** The first above somebody who is here; null where nobody is. */
  async managerHere(identityId: string): Promise<string | null> {
    let state = (await this.people.today({ ids: [identityId] })).batch.get(identityId).identity.state;
    for (let steps = 0; steps < mostManagers; steps += 1) {
      const managerId: string | null = state.status === 'absent' ? null : state.managerId;
      if (managerId === null) return null;
      state = (await this.people.today({ ids: [managerId] })).batch.get(managerId).identity.state;
      if (state.status === 'active' || state.status === 'on-leave') return managerId;
    }
    return null;
  }
}
