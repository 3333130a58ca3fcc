import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { firstUuid } from '#libs/event-store/ids.js';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { InvalidInput, NotFound, type ProblemError } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { People } from '../people/people.exports.js';
import { type CatalogSnapshot, later, packageMeantBy } from '../policy/policy.exports.js';
import { EndReview } from './end-review.process.js';
import { ListItems } from './list-items.process.js';
import { NothingToReview } from './review.errors.js';
import type { ReviewTerms } from './review.events.js';
import { cancelReview, startReview } from './review.js';
import { reviewPolicyOf } from './reviewers.js';
import { ReviewWork } from './review-items.store.js';
import { Reviews } from './reviews.stream.js';

/** How long reviewers have, where the review does not say. */
export const defaultDuration = 'P14D';

/** A review as somebody asks for it; `dueAt` null: after the usual time. */
export type AskedReview = Omit<ReviewTerms, 'reviewId' | 'dueAt'> & { readonly dueAt: string | null };

export class StartReview extends Command<void> {
  constructor(
    readonly id: string,
    readonly asked: AskedReview,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class CancelReview extends Command<void> {
  constructor(
    readonly id: string,
    readonly reason: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(StartReview)
export class StartReviewHandler implements ICommandHandler<StartReview> {
  constructor(
    private readonly people: People,
    private readonly reviews: Reviews,
    private readonly found: ReviewWork,
    private readonly list: ListItems,
    private readonly end: EndReview,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidInput, NothingToReview */
  async execute({ id, asked, caller }: StartReview): Promise<void> {
    const at = this.clock.now();
    const named = (asked.reviewers ?? []).filter((one) => one.startsWith('user:')).map((one) => one.slice(5));
    const { catalog, batch } = await this.people.today({ ids: named });
    const isHere = (identityId: string): boolean =>
      !['absent', 'inactive'].includes(batch.get(identityId).identity.state.status);
    const problems = [...reviewerProblems(asked, catalog, isHere), ...problemsOf(asked, catalog, at)];
    if (problems.length > 0) throw new InvalidInput(problems);
    const [first] = await this.found.inScope(asked.scope, catalog, firstUuid, 1);
    if (first === undefined)
      throw new NothingToReview(
        'nobody holds what this review is about, other than by a birthright rule (scope.birthrights reviews that, too)',
        {},
      );
    const terms = { ...asked, reviewId: id, dueAt: asked.dueAt ?? later(at, defaultDuration) };
    await this.reviews.transact(
      id,
      (state) => startReview(terms, { by: actorId(caller.actor), at }, state),
      { ...causationOf(caller), correlationId: id },
      (work, { facts }) => {
        if (facts.length === 0) return;
        this.list.stage(work, id);
        this.end.at(work, id, terms.dueAt);
      },
    );
  }
}

@CommandHandler(CancelReview)
export class CancelReviewHandler implements ICommandHandler<CancelReview> {
  constructor(
    private readonly reviews: Reviews,
    private readonly end: EndReview,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound, ReviewNotOpen */
  async execute({ id, reason, caller }: CancelReview): Promise<void> {
    const at = this.clock.now();
    await this.reviews.transact(
      id,
      (state) => {
        if (state === null) throw new NotFound('review', id);
        return cancelReview({ by: actorId(caller.actor), reason, at }, state);
      },
      { ...causationOf(caller), correlationId: id },
      (work) => this.end.at(work, id, at),
    );
  }
}

function problemsOf(asked: AskedReview, catalog: CatalogSnapshot, at: string): ProblemError[] {
  const { scope, dueAt } = asked;
  const problems: ProblemError[] = [];
  if (scope.packageId !== null && catalog.accessPackage(scope.packageId) === undefined)
    problems.push({ pointer: '/scope/packageId', detail: `names no access package: there is no ${scope.packageId}` });
  if (scope.application !== null && !catalog.applications.has(scope.application))
    problems.push({ pointer: '/scope/application', detail: `names no application: there is no ${scope.application}` });
  if (dueAt !== null && dueAt <= at) problems.push({ pointer: '/dueAt', detail: 'is past: give an instant to come' });
  if (scope.asFound && asked.onNoResponse === null)
    problems.push({
      pointer: '/onNoResponse',
      detail: 'is missing, and no package says what no answer about found access means: give keep or revoke',
    });
  const silent = packagesOf(asked, catalog).find(
    (id) => reviewPolicyOf(asked, catalog.accessPackage(id)?.document).onNoResponse === null,
  );
  if (silent !== undefined)
    problems.push({
      pointer: '/onNoResponse',
      detail: `is missing, and package ${silent} does not say what no answer means: give keep or revoke`,
    });
  return problems;
}

function packagesOf({ scope }: AskedReview, catalog: CatalogSnapshot): string[] {
  if (scope.asFound) return [];
  if (scope.packageId !== null) return catalog.accessPackage(scope.packageId) === undefined ? [] : [scope.packageId];
  return scope.application === null ? [] : catalog.packagesGranting(scope.application).map(({ id }) => id);
}

function reviewerProblems(
  { reviewers }: AskedReview,
  catalog: CatalogSnapshot,
  isHere: (identityId: string) => boolean,
): ProblemError[] {
  return (reviewers ?? []).flatMap((reviewer, index): ProblemError[] => {
    const pointer = `/reviewers/${index}`;
    const packageId = packageMeantBy(reviewer);
    if (packageId !== null && catalog.accessPackage(packageId) === undefined)
      return [{ pointer, detail: `names no access package: there is no ${packageId}` }];
    return reviewer.startsWith('user:') && !isHere(reviewer.slice('user:'.length))
      ? [{ pointer, detail: 'names nobody who is here: name another person' }]
      : [];
  });
}
