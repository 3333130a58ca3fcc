import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import type { StoredState } from '#libs/event-store/event-stream.js';
import { lastUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { NotFound } from '#libs/problems/problem.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { Clock } from '#libs/system/clock.js';
import { seesAll } from '../policy/policy.exports.js';
import type { ReviewScope, ReviewTerms } from './review.events.js';
import type { Review } from './review.js';
import { Reviews } from './reviews.stream.js';

/** How far a review is. */
export interface ReviewCounts {
  readonly total: number;
  /** Nobody has answered yet. */
  readonly open: number;
  /** Of these, items that nobody can review: a policy administrator decides, or names somebody. */
  readonly withoutReviewer: number;
  readonly kept: number;
  readonly revoked: number;
  readonly shortened: number;
  /** The access ended in another way, or the review was cancelled. */
  readonly lapsed: number;
  /** Revoked, and no reading has shown yet that everything is gone. */
  readonly unverified: number;
}

/** A review, as the API shows it. */
export interface ReviewView extends Omit<ReviewTerms, 'reviewId' | 'scope'> {
  readonly id: string;
  readonly scope: Required<ReviewScope>;
  readonly status: NonNullable<Review>['status'];
  /** False while the hub still looks for the access of its scope. */
  readonly listed: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly closedAt: string | null;
  readonly cancelledReason: string | null;
  readonly items: ReviewCounts;
}

/** The id of a review that the caller may see. @throws NotFound, also where there is one for others */
export class RequireReview extends Query<string> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class GetReview extends Query<ReviewView> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Reviews in which the caller is asked; policy administrators and auditors see all. Newest first. */
export class ListReviews extends Query<Page<ReviewView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  status: { sql: 'status', type: 'word' },
  dueAt: { sql: 'due_at', type: 'timestamp' },
  startedAt: { sql: 'started_at', type: 'timestamp' },
};

/** The condition that an item asks somebody, or who has delegated their decisions to them now. Parameters: identity, instant. */
export const asks = (who: string, now: string): string => `i.reviewer_ids && (array[${who}::uuid] || array(
    select g.delegator_id from delegation g where g.delegate_id = ${who}::uuid and g.ended_at is null
      and g.from_at <= ${now}::timestamptz and g.until_at > ${now}::timestamptz))`;

const counted = `count(*)::int as total, count(*) filter (where i.status = 'open')::int as open,
  count(*) filter (where i.status = 'open' and i.reviewer_ids = '{}')::int as "withoutReviewer",
  count(*) filter (where i.decision = 'keep')::int as kept, count(*) filter (where i.decision = 'revoke')::int as revoked,
  count(*) filter (where i.decision = 'shorten')::int as shortened, count(*) filter (where i.status = 'lapsed')::int as lapsed,
  count(*) filter (where i.unverified)::int as unverified`;

const none: ReviewCounts = {
  total: 0,
  open: 0,
  withoutReviewer: 0,
  kept: 0,
  revoked: 0,
  shortened: 0,
  lapsed: 0,
  unverified: 0,
};

/** The condition that a caller sees a review. Parameters: whether they see all, their identity, the instant. */
const shown = `($1 or exists (select 1 from review_item i where i.review_id = r.id and ${asks('$2', '$3')}))`;

@QueryHandler(ListReviews)
export class ListReviewsHandler implements IQueryHandler<ListReviews> {
  constructor(
    private readonly db: Database,
    private readonly reviews: Reviews,
    private readonly clock: Clock,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListReviews): Promise<Page<ReviewView>> {
    const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, columns, 6);
    const rows = await this.db.query<StoredState & Record<string, unknown>>(
      `select id, version, fold, state from review r
       where ${shown}
       and id < $4::uuid and (${condition.sql}) order by id desc limit $5`,
      [seesAll(caller), caller.identity, this.clock.now(), before, limit + 1, ...condition.params],
    );
    const states = (await this.reviews.loadRows(rows)).flatMap(({ state }) => (state === null ? [] : [state]));
    const counts = await this.countsOf(
      states.map(({ reviewId }) => reviewId),
      caller,
    );
    return pageOf(
      states,
      limit,
      ({ reviewId }) => [reviewId],
      (state) => viewOf(state, counts.get(state.reviewId) ?? none),
    );
  }

  /** Of all items, or of those that the caller sees. */
  private async countsOf(ids: readonly string[], caller: Caller): Promise<Map<string, ReviewCounts>> {
    if (ids.length === 0) return new Map();
    const rows = await this.db.query<ReviewCounts & { readonly id: string } & Record<string, unknown>>(
      `select i.review_id as id, ${counted} from review_item i where i.review_id = any($4::uuid[])
       and ($1 or ${asks('$2', '$3')}) group by i.review_id`,
      [seesAll(caller), caller.identity, this.clock.now(), ids],
    );
    return new Map(rows.map(({ id, ...counts }) => [id, counts]));
  }
}

@QueryHandler(RequireReview)
export class RequireReviewHandler implements IQueryHandler<RequireReview> {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ id, caller }: RequireReview): Promise<string> {
    const params = [seesAll(caller), caller.identity, this.clock.now(), id];
    const rows = await this.db.query(`select from review r where ${shown} and r.id = $4::uuid`, params);
    if (rows.length === 0) throw new NotFound('review', id);
    return id;
  }
}

@QueryHandler(GetReview)
export class GetReviewHandler implements IQueryHandler<GetReview> {
  constructor(private readonly list: ListReviewsHandler) {}

  async execute({ id, caller }: GetReview): Promise<ReviewView> {
    const part = { limit: 1, cursor: undefined, filter: `id eq "${id}"` };
    const [view] = (await this.list.execute(new ListReviews(part, caller))).items;
    if (view === undefined) throw new NotFound('review', id);
    return view;
  }
}

function viewOf(
  { reviewId: id, startedBy: _, scope, ...review }: NonNullable<Review>,
  items: ReviewCounts,
): ReviewView {
  return { id, ...review, scope: { birthrights: false, ...scope }, items };
}
