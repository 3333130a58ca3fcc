import { Injectable } from '@nestjs/common';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { excluding } from '../assignments/assignments.exports.js';
import { People, Recomputation, type PersonBatch } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { changesBy } from './review-effects.js';
import type { ReviewItemDecided } from './review-item.events.js';
import { lapse, type KnownItem } from './review-item.js';
import { ReviewItems } from './reviews.stream.js';

/** An answer about one item, and what it is decided on. */
export interface Outcome {
  readonly item: Loaded<KnownItem>;
  readonly decided: ReviewItemDecided;
  /** Of the review. */
  readonly displayName: string;
}

interface Around {
  readonly batch: PersonBatch;
  readonly catalog: CatalogSnapshot;
  readonly causation: Causation;
  readonly at: string;
}

/** Stages an answer with what follows from it: the access ends at once, ends earlier, or stays. */
@Injectable()
export class ItemOutcomes {
  constructor(
    private readonly items: ReviewItems,
    private readonly people: People,
    private readonly recomputation: Recomputation,
  ) {}

  /**
   * The people of the batch are as they will be after it. Returns `lapsed` where the access had ended in another way.
   * @throws AssignmentEndRefused, AssignmentGivenByRule
   */
  stage(work: Work, { item, decided, displayName }: Outcome, around: Around): 'decided' | 'lapsed' {
    const { batch, catalog, causation, at } = around;
    const person = batch.get(item.state.identityId);
    const exclusion = excluding(uuidv7(), { by: actorId(causation.actor), at, until: null });
    const asked = changesBy(decided, displayName, person.access.state, exclusion);
    this.people.decide(work, person);
    const facts = asked === null ? lapse('access_ended', at, item.state) : [decided];
    const { facts: recorded } = this.items.stage(work, item, facts, causation);
    if (asked === null) return 'lapsed';
    const because = { ...causation, causationId: recorded.at(-1)?.id ?? causation.causationId };
    batch.put(this.recomputation.stage(work, person, { catalog, causation: because, at, asked }).person);
    return 'decided';
  }
}
