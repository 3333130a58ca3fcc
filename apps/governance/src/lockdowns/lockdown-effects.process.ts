import { Injectable } from '@nestjs/common';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import type { Causation } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { EndDelegations } from '../delegations/delegations.exports.js';
import { Identities, type Identity, type IdentityEvent } from '../identities/identities.exports.js';
import { governanceActor, People, Recomputation } from '../people/people.exports.js';
import { FollowIdentities } from '../requests/requests.exports.js';
import type { LockdownEvent } from './lockdown.events.js';
import type { Asked, Lockdown } from './lockdown.js';
import { Lockdowns } from './lockdowns.stream.js';

/** What a person of security asks for. */
export interface LockdownTerms {
  readonly identityId: string;
  readonly reason: string;
  readonly caller: Caller;
}

/** What is decided, and what it makes of the identity. */
interface Decision {
  readonly decide: (asked: Asked, state: Lockdown) => readonly LockdownEvent[];
  readonly change: (state: Identity) => readonly IdentityEvent[];
}

/** Locks a person down or releases them, with all that follows, in one work that no other decision about them can pass. */
@Injectable()
export class LockdownEffects {
  constructor(
    private readonly store: EventStore,
    private readonly people: People,
    private readonly identities: Identities,
    private readonly recomputation: Recomputation,
    private readonly requests: FollowIdentities,
    private readonly delegations: EndDelegations,
    private readonly lockdowns: Lockdowns,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound, and whatever `decide` throws */
  apply(terms: LockdownTerms, decision: Decision): Promise<void> {
    return decideAgainOnConflict(() => this.once(terms, decision));
  }

  private async once({ identityId, reason, caller }: LockdownTerms, { decide, change }: Decision): Promise<void> {
    const [{ catalog, batch }, lockdown] = await Promise.all([
      this.people.today({ ids: [identityId] }),
      this.lockdowns.load(identityId),
    ]);
    const person = batch.get(identityId);
    if (person.identity.state.status === 'absent') throw new NotFound('identity', identityId);
    const at = this.clock.now();
    const decided = decide({ identityId, at, by: caller.actor, reason }, lockdown.state);
    if (decided.length === 0) return;
    const work = this.store.work();
    const { facts } = this.lockdowns.stage(work, lockdown, decided, causationOf(caller));
    const because = followingFrom(facts.at(-1), causationOf(caller));
    this.people.decide(work, person);
    const now = this.identities.stage(work, person.identity, change(person.identity.state), because);
    const causation = followingFrom(now.facts.at(-1), because);
    const formerly = person.identity.state;
    this.recomputation.stage(work, { ...person, identity: now }, { catalog, causation, at, formerly });
    await this.follow(work, { identityId, before: formerly, now: now.state, causation }, at);
    this.people.guard(work, catalog);
    await work.commit();
  }

  /** What follows elsewhere for somebody who is inactive now, or active again. */
  private async follow(work: Work, step: Step, at: string): Promise<void> {
    const { identityId, now, causation } = step;
    if (now.status === 'absent') return;
    await this.requests.follow(work, [{ ...step, now }], at);
    if (now.status === 'inactive') await this.delegations.endAllOf(work, identityId, causation, at);
  }
}

interface Step {
  readonly identityId: string;
  readonly before: Identity;
  readonly now: Identity;
  readonly causation: Causation;
}

/** The hub's own reaction to a fact. */
const followingFrom = (
  fact: { readonly id: string } | undefined,
  { correlationId, causationId }: Causation,
): Causation => ({
  actor: governanceActor,
  correlationId,
  causationId: fact?.id ?? causationId,
});
