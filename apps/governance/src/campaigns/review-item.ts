import { isDeepStrictEqual } from 'node:util';
import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import { ItemRefused } from './review.errors.js';
import type { NoResponse } from './review.events.js';
import type {
  ItemTerms,
  ReviewDecision,
  ReviewItemDecided,
  ReviewItemEvent,
  ReviewItemLapsed,
  ReviewItemRerouted,
  ReviewItemVerified,
  ReviewRoute,
} from './review-item.events.js';

/** One assignment in a review; null before it was listed. */
export type ReviewItem = KnownItem | null;

export interface KnownItem extends ItemTerms {
  readonly status: 'open' | 'decided' | 'lapsed';
  readonly reviewerIds: readonly string[];
  /** Did a policy administrator name them? */
  readonly assigned: boolean;
  /** Why other people than those asked decide, in words. */
  readonly instead: readonly string[];
  readonly onNoResponse: NoResponse;
  readonly decision: ReviewDecision['decision'] | null;
  /** The end that a reviewer gave. */
  readonly until: string | null;
  /** Null where nobody answered. */
  readonly decidedBy: string | null;
  readonly onBehalfOf: string | null;
  readonly decidedAt: string | null;
  readonly comment: string | null;
  /** What it gave is gone; null until that is known, and where nothing was revoked. */
  readonly verified: { readonly by: string | null; readonly at: string; readonly comment: string | null } | null;
}

const undecided = {
  decision: null,
  until: null,
  decidedBy: null,
  onBehalfOf: null,
  decidedAt: null,
  comment: null,
  verified: null,
} as const;

export const reviewItem: Fold<ReviewItem, ReviewItemEvent> = {
  version: 1,
  initial: null,
  evolve: (state, event) => {
    if (event.type === 'ReviewItemOpened') {
      const { item, reviewerIds, instead = [], onNoResponse } = event.data;
      return { ...item, status: 'open', reviewerIds, assigned: false, instead, onNoResponse, ...undecided };
    }
    if (state === null) return null;
    switch (event.type) {
      case 'ReviewItemRerouted': {
        const { reviewerIds, instead = [], code } = event.data;
        return { ...state, reviewerIds, instead, assigned: code === 'reassigned' };
      }
      case 'ReviewItemDecided':
        return { ...state, status: 'decided', ...decidedIn(event) };
      case 'ReviewItemLapsed':
        return { ...state, status: 'lapsed' };
      case 'ReviewItemVerified': {
        const { by, verifiedAt: at } = event.data;
        return { ...state, verified: { by, at, comment: event.personal?.comment.fields?.comment ?? null } };
      }
      default:
        return unreachable(event);
    }
  },
};

function decidedIn({ data, personal }: ReviewItemDecided): Partial<KnownItem> {
  return {
    decision: data.decision,
    until: data.decision === 'shorten' ? data.until : null,
    decidedBy: data.reviewerId,
    onBehalfOf: data.onBehalfOf ?? null,
    decidedAt: data.decidedAt,
    comment: personal?.comment.fields?.comment ?? null,
  };
}

/** Whether a value from a row is the state of an item. */
export const isReviewItem = hasShape<KnownItem>({
  itemId: 'text',
  reviewId: 'text',
  assignmentId: 'text',
  identityId: 'text',
  packageId: 'text',
  status: ['open', 'decided', 'lapsed'],
  reviewerIds: 'list',
  assigned: 'flag',
  instead: 'list',
  onNoResponse: ['keep', 'revoke'],
  decision: 'any',
  until: 'any',
  decidedBy: 'any',
  onBehalfOf: 'any',
  decidedAt: 'any',
  comment: 'any',
  verified: 'any',
});

/** Lists an assignment in a review. Listing it again changes nothing. */
export function openItem(
  item: ItemTerms,
  route: ReviewRoute,
  { onNoResponse, at }: { readonly onNoResponse: NoResponse; readonly at: string },
  state: ReviewItem,
): ReviewItemEvent[] {
  if (state !== null) return [];
  return [{ type: 'ReviewItemOpened', v: 1, data: { item, ...route, onNoResponse, openedAt: at } }];
}

/** Who answers, and as whom. */
export interface Answering {
  readonly callerId: string;
  /** People who have delegated their decisions to the caller now. */
  readonly delegators: readonly string[];
  /** Does the caller administer policies? They decide where nobody else can. */
  readonly administers: boolean;
  /** Does the caller report to the holder? */
  readonly superior: boolean;
}

/**
 * Records a reviewer's answer. Nobody answers for their own access or that of a person they report to.
 * @throws ItemRefused
 */
export function decideItem(
  { comment, at, ...decision }: ReviewDecision & { readonly comment: string | null; readonly at: string },
  by: Answering,
  state: KnownItem,
): ReviewItemDecided[] {
  const seat = seatOf(by, state);
  if (state.status !== 'open') throw notOpen(state);
  const seated = seat === by.callerId ? {} : { onBehalfOf: seat };
  const said = comment === null ? {} : { personal: { comment: { subject: state.identityId, fields: { comment } } } };
  const data = { ...decision, item: termsOf(state), reviewerId: by.callerId, ...seated, decidedAt: at };
  return [{ type: 'ReviewItemDecided', v: 1, data, ...said }];
}

/** The reviewer in whose place the caller answers. @throws ItemRefused */
function seatOf({ callerId, delegators, administers, superior }: Answering, state: KnownItem): string {
  const { itemId, identityId, reviewerIds } = state;
  if (callerId === identityId)
    throw new ItemRefused('review_item.own_access', 'nobody reviews their own access', itemId);
  if (superior)
    throw new ItemRefused('review_item.superiors_access', 'nobody reviews the access of people they report to', itemId);
  const seat = [callerId, ...delegators].find((one) => reviewerIds.includes(one));
  if (seat !== undefined) return seat;
  if (administers && reviewerIds.length === 0) return callerId;
  throw new ItemRefused('review_item.not_reviewer', 'you are not a reviewer of this item', itemId);
}

/** What becomes of an item about which nobody answered: what its policy says. */
export function unanswered(at: string, state: KnownItem): ReviewItemDecided[] {
  if (state.status !== 'open') return [];
  const data = { decision: state.onNoResponse, item: termsOf(state), reviewerId: null, decidedAt: at };
  return [{ type: 'ReviewItemDecided', v: 1, data }];
}

/** Nothing is left to decide. */
export function lapse(code: ReviewItemLapsed['data']['code'], at: string, state: KnownItem): ReviewItemLapsed[] {
  return state.status === 'open'
    ? [{ type: 'ReviewItemLapsed', v: 1, data: { item: termsOf(state), code, lapsedAt: at } }]
    : [];
}

/**
 * Those decide who are able to now; nothing while the same people do. Whom a policy administrator named stays while they can.
 * @param route those whom the review asks, as they are now
 */
export function rerouteItem(
  route: ReviewRoute,
  { canDecide, at }: { readonly canDecide: (identityId: string) => boolean; readonly at: string },
  state: KnownItem,
): ReviewItemRerouted[] {
  if (state.status !== 'open' || (state.assigned && state.reviewerIds.some(canDecide))) return [];
  if (isDeepStrictEqual([...route.reviewerIds].sort(), [...state.reviewerIds].sort())) return [];
  const data = { item: termsOf(state), ...route, code: 'reviewers_changed', reroutedAt: at } as const;
  return [{ type: 'ReviewItemRerouted', v: 1, data }];
}

/** A policy administrator names who decides. @throws ItemRefused */
export function reassignItem(reviewerId: string, at: string, state: KnownItem): ReviewItemRerouted[] {
  if (state.status !== 'open') throw notOpen(state);
  const data = { item: termsOf(state), reviewerIds: [reviewerId], code: 'reassigned', reroutedAt: at } as const;
  return [{ type: 'ReviewItemRerouted', v: 1, data }];
}

/** Does it wait for a reading that shows the revoked access gone? */
export const isUnverified = ({ decision, verified }: KnownItem): boolean => decision === 'revoke' && verified === null;

/** A reading showed that everything is gone. */
export function verifiedByReading(at: string, state: KnownItem): ReviewItemVerified[] {
  if (!isUnverified(state)) return [];
  return [{ type: 'ReviewItemVerified', v: 1, data: { item: termsOf(state), by: null, verifiedAt: at } }];
}

/** Somebody looked at the application, and says that it is gone: where no reading can show it. Never its holder. @throws ItemRefused */
export function verifiedByPerson(
  { by, comment, at }: { readonly by: string; readonly comment: string; readonly at: string },
  state: KnownItem,
): ReviewItemVerified[] {
  const { itemId, identityId } = state;
  if (by === identityId)
    throw new ItemRefused('review_item.own_access', 'nobody confirms the removal of their own access', itemId);
  if (state.decision !== 'revoke')
    throw new ItemRefused('review_item.not_revoked', 'it was not revoked: nothing is to be confirmed', itemId);
  if (state.verified !== null)
    throw new ItemRefused('review_item.verified', 'its removal is confirmed already', itemId);
  const personal = { comment: { subject: identityId, fields: { comment } } };
  return [{ type: 'ReviewItemVerified', v: 1, data: { item: termsOf(state), by, verifiedAt: at }, personal }];
}

const notOpen = ({ itemId }: KnownItem): ItemRefused =>
  new ItemRefused('review_item.not_open', 'it has been decided: nothing is left to answer', itemId);

const termsOf = ({ itemId, reviewId, assignmentId, identityId, packageId }: KnownItem): ItemTerms => ({
  itemId,
  reviewId,
  assignmentId,
  identityId,
  packageId,
});
