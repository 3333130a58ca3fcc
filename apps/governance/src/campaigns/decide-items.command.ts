import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { DomainError } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Read } from '#libs/event-store/event-stream.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { People } from '../people/people.exports.js';
import { LoadDeciders, reportsToOneOf } from '../requests/requests.exports.js';
import { EndReview } from './end-review.process.js';
import { ItemOutcomes } from './item-outcomes.process.js';
import { ReviewerWithoutIdentity } from './review.errors.js';
import { requireOpen, type Review } from './review.js';
import type { ReviewDecision } from './review-item.events.js';
import { decideItem } from './review-item.js';
import { ReviewItems, Reviews } from './reviews.stream.js';
import { itemsPerWork } from './review-timers.js';

/** An answer about one item. */
export type Answer = ReviewDecision & { readonly itemId: string; readonly comment: string | null };

/** Why an answer is refused. */
export const answerCodes = [
  'invalid_input',
  'not_found',
  'review_item.own_access',
  'review_item.superiors_access',
  'review_item.not_reviewer',
  'review_item.not_open',
  'assignment.end_refused',
  'assignment.given_by_rule',
] as const;
type AnswerCode = (typeof answerCodes)[number];

/** What became of an answer. */
export interface AnswerResult {
  readonly itemId: string;
  /** `lapsed`: the access had ended in another way. */
  readonly result: 'decided' | 'lapsed' | 'refused';
  /** Why it was refused, for programs and in words; null where it was not. */
  readonly code: AnswerCode | null;
  readonly detail: string | null;
}

/** What became of a set of answers. */
export interface AnswersView {
  readonly decided: number;
  readonly lapsed: number;
  readonly refused: number;
  /** `line` of the file; null for answers that were not sent as a file. `itemId` null: the line cannot be read. */
  readonly results: readonly (Omit<AnswerResult, 'itemId'> & {
    readonly line: number | null;
    readonly itemId: string | null;
  })[];
}

export function answersView(results: AnswersView['results']): AnswersView {
  const number = (wanted: AnswerResult['result']): number => results.filter(({ result }) => result === wanted).length;
  return { decided: number('decided'), lapsed: number('lapsed'), refused: number('refused'), results };
}

/** A reviewer's answers about items of one review. Each by itself: one that is refused stops no other. */
export class DecideItems extends Command<readonly AnswerResult[]> {
  constructor(
    readonly reviewId: string,
    readonly answers: readonly Answer[],
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(DecideItems)
export class DecideItemsHandler implements ICommandHandler<DecideItems> {
  constructor(
    private readonly store: EventStore,
    private readonly reviews: Reviews,
    private readonly items: ReviewItems,
    private readonly outcomes: ItemOutcomes,
    private readonly people: People,
    private readonly deciders: LoadDeciders,
    private readonly end: EndReview,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound, ReviewerWithoutIdentity, ReviewNotOpen */
  async execute({ reviewId, answers, caller }: DecideItems): Promise<readonly AnswerResult[]> {
    const review = await this.reviews.load(reviewId);
    if (review.state === null) throw new NotFound('review', reviewId);
    if (caller.identity === null)
      throw new ReviewerWithoutIdentity('only a caller with an identity can review access', {});
    requireOpen(review.state);
    const results: AnswerResult[] = [];
    for (let from = 0; from < answers.length; from += itemsPerWork) {
      const part = answers.slice(from, from + itemsPerWork);
      results.push(...(await decideAgainOnConflict(() => this.once(part, review, caller, caller.identity ?? ''))));
    }
    await this.end.endIfAnswered(reviewId);
    return results;
  }

  private async once(
    answers: readonly Answer[],
    review: Read<Review>,
    caller: Caller,
    callerId: string,
  ): Promise<AnswerResult[]> {
    const at = this.clock.now();
    const items = await this.items.loadMany(answers.map(({ itemId }) => itemId));
    const holders = [...items.values()].flatMap(({ state }) => state?.identityId ?? []);
    const { catalog, batch } = await this.people.today({ ids: [callerId, ...holders] });
    const self = { beneficiary: batch.get(callerId), stages: [], applications: [], others: [callerId] };
    const people = await this.deciders.for([self], catalog, at);
    const delegators = people.delegatorsOf(callerId);
    const administers = caller.roles.includes('policy-admin');
    const work = this.store.work();
    const causation = { ...causationOf(caller), correlationId: review.id, causationId: review.lastFactId };
    const around = { batch, catalog, causation, at };
    const displayName = review.state?.displayName ?? '';
    const answered = new Set<string>();
    const results = answers.map(({ itemId, ...answer }): AnswerResult => {
      if (answered.has(itemId)) return refused(itemId, 'review_item.not_open', 'it is answered twice: answer it once');
      const { state, ...item } = items.get(itemId) ?? { state: null, id: itemId, version: 0 };
      if (state?.reviewId !== review.id) return refused(itemId, 'not_found', `the review has no item ${itemId}`);
      const superior = reportsToOneOf(callerId, [state.identityId], people);
      const by = { callerId, delegators, administers, superior };
      try {
        const [decided] = decideItem({ ...answer, at }, by, state);
        if (decided === undefined) return refused(itemId, 'review_item.not_open', 'nothing is left to answer');
        const result = this.outcomes.stage(work, { item: { ...item, state }, decided, displayName }, around);
        answered.add(itemId);
        return { itemId, result, code: null, detail: null };
      } catch (error) {
        const code = error instanceof DomainError ? answerCodes.find((one) => one === error.code) : undefined;
        if (code === undefined || !(error instanceof DomainError)) throw error;
        return refused(itemId, code, error.message);
      }
    });
    this.people.guard(work, catalog, [batch.get(callerId)]);
    if (results.some(({ result }) => result !== 'refused')) await work.commit();
    return results;
  }
}

const refused = (itemId: string, code: AnswerCode, detail: string): AnswerResult => ({
  itemId,
  result: 'refused',
  code,
  detail,
});
