import { Injectable, type OnModuleInit } from '@nestjs/common';
import { accessEndMs, isContractor } from '#libs/contracts/access-end.js';
import { hasShape, parsed, type Causation } from '#libs/event-store/core.js';
import type { Work } from '#libs/event-store/work.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { Clock } from '#libs/system/clock.js';
import { canonicalKey } from '#libs/text/text.js';
import { attributesOf, type Identity, type IdentityStep } from '../identities/identities.exports.js';
import { governanceActor, People, type PersonBatch } from '../people/people.exports.js';
import { followContractor, nextLook, type StatedContractor } from './sponsorship.js';
import { StoredSponsorships } from './stored-sponsorships.query.js';
import { Sponsorships } from './sponsorships.stream.js';

/** Timer of a contractor whom HR has stated, or whose end comes near; its key is the identity. */
const contractorDue = 'contractor';

type Because = Pick<Causation, 'correlationId' | 'causationId'>;
const isBecause = hasShape<Because>({ correlationId: 'text', causationId: 'any' });

const latestMs = Date.UTC(9000, 0, 1);

/** Contractors keep a sponsor who is here, and their end is announced. Follows what HR states, out of its way. */
@Injectable()
export class FollowContractors implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly people: People,
    private readonly sponsorships: Sponsorships,
    private readonly stored: StoredSponsorships,
    private readonly settings: ServiceSettings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(contractorDue, (due, work) => this.look(due, work));
  }

  /** In the work that records these changes of identities. */
  follow(work: Work, steps: readonly IdentityStep[], at: string): void {
    for (const { identityId, before, now, causation } of steps) {
      const payload: Because = { correlationId: causation.correlationId, causationId: causation.causationId };
      if (isOne(before) || isOne(now))
        this.timers.at(work, { kind: contractorDue, key: identityId, dueAt: at, payload });
    }
  }

  private async look(due: readonly DueTimer[], work: Work): Promise<void> {
    const at = this.clock.now();
    const ids = due.map(({ key }) => key);
    const people = (await this.people.today({ ids })).batch;
    const numbers = ids.flatMap((id) => sponsorOf(people.get(id).identity.state) ?? []);
    const sponsors = (await this.people.today({ ids: [], numbers })).batch;
    const known = await this.stored.of(ids);
    for (const { key, payload } of due) {
      const before = known.get(key) ?? { id: key, version: 0, state: { status: 'none' } as const };
      const contractor = this.statedOf(people.get(key).identity.state, sponsors);
      const because = parsed<Because>('why a contractor is looked at', isBecause, payload);
      const facts = followContractor(contractor, at, before.state);
      const { state } = this.sponsorships.stage(work, before, facts, { actor: governanceActor, ...because });
      const next = nextLook(state, at);
      if (next !== null) this.timers.at(work, { kind: contractorDue, key, dueAt: next, payload: because });
    }
  }

  private statedOf(state: Identity, sponsors: PersonBatch): StatedContractor | null {
    if (!isOne(state) || state.status === 'absent') return null;
    const { identityId } = state;
    const sponsor = sponsorOf(state);
    const holder = sponsor === null ? null : sponsors.holderOf(sponsor);
    const attributes = attributesOf(state);
    const zone = attributes?.timeZone ?? this.settings.HUB_TIME_ZONE;
    const end = attributes === null ? Infinity : accessEndMs(attributes, zone);
    const endsAt = end >= latestMs ? null : new Date(end).toISOString();
    return { identityId, sponsor, holderId: holder === identityId ? null : holder, endsAt };
  }
}

/** Is it a contractor who works here? */
function isOne(state: Identity): boolean {
  if (state.status === 'absent' || state.status === 'inactive') return false;
  const attributes = attributesOf(state);
  return attributes !== null && isContractor(attributes);
}

function sponsorOf(state: Identity): string | null {
  const number = state.status === 'absent' ? undefined : attributesOf(state)?.sponsorId;
  return number === undefined ? null : canonicalKey(number);
}
