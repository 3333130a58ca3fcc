import type { Fact, PersonalPart } from '#libs/event-store/core.js';
import type { NoResponse } from './review.events.js';

/** Everything that can have happened to one item of a review: an assignment that is reviewed. Stream: `reviewed-<id>`. */
export type ReviewItemEvent =
  ReviewItemOpened | ReviewItemRerouted | ReviewItemDecided | ReviewItemLapsed | ReviewItemVerified;

export const reviewItemFacts = [
  'ReviewItemOpened',
  'ReviewItemRerouted',
  'ReviewItemDecided',
  'ReviewItemLapsed',
  'ReviewItemVerified',
] as const;

export interface ItemTerms {
  readonly itemId: string;
  readonly reviewId: string;
  readonly assignmentId: string;
  readonly identityId: string;
  readonly packageId: string;
}

/** Who decides on an item. */
export interface ReviewRoute {
  /** Nobody: a policy administrator decides. */
  readonly reviewerIds: readonly string[];
  /** Why other people than those asked decide, in words; absent where those asked do. */
  readonly instead?: readonly string[];
}

export type ReviewItemOpened = Fact<
  'ReviewItemOpened',
  1,
  ReviewRoute & { readonly item: ItemTerms; readonly onNoResponse: NoResponse; readonly openedAt: string }
>;

/** Other people decide now: a reviewer left or the manager changed, or a policy administrator named somebody. */
export type ReviewItemRerouted = Fact<
  'ReviewItemRerouted',
  1,
  ReviewRoute & {
    readonly item: ItemTerms;
    readonly code: 'reviewers_changed' | 'reassigned';
    readonly reroutedAt: string;
  }
>;

export type ReviewDecision =
  | { readonly decision: 'keep' | 'revoke' }
  /** It ends at this instant, which is earlier than its end was. */
  | { readonly decision: 'shorten'; readonly until: string };

export type ReviewItemDecided = Fact<
  'ReviewItemDecided',
  1,
  ReviewDecision & {
    readonly item: ItemTerms;
    /** Identity id; null: nobody answered, and the policy decided. */
    readonly reviewerId: string | null;
    /** The reviewer who delegated the decision. */
    readonly onBehalfOf?: string;
    readonly decidedAt: string;
  }
> & { readonly personal?: { readonly comment: PersonalPart<{ readonly comment: string }> } };

/** Nothing is left to decide: the access ended in another way, or the review was cancelled. */
export type ReviewItemLapsed = Fact<
  'ReviewItemLapsed',
  1,
  { readonly item: ItemTerms; readonly code: 'access_ended' | 'review_cancelled'; readonly lapsedAt: string }
>;

/** What the revoked assignment gave is gone: a reading showed it (`by` is null), or a person looked (UUID of the actor). */
export type ReviewItemVerified = Fact<
  'ReviewItemVerified',
  1,
  { readonly item: ItemTerms; readonly by: string | null; readonly verifiedAt: string }
> & { readonly personal?: { readonly comment: PersonalPart<{ readonly comment: string }> } };
