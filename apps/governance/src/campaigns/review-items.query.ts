import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { StoredState } from '#libs/event-store/event-stream.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { NotFound } from '#libs/problems/problem.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { Clock } from '#libs/system/clock.js';
import { csvCell } from '#libs/text/csv-cell.js';
import { type AssignmentView, NamedAssignments } from '../assignments/assignments.exports.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { seesAll } from '../policy/policy.exports.js';
import type { KnownItem } from './review-item.js';
import { asks } from './reviews.query.js';
import { ReviewItems } from './reviews.stream.js';

/** One item of a review, as the API shows it. */
export interface ReviewItemView extends Pick<
  KnownItem,
  'reviewId' | 'status' | 'instead' | 'onNoResponse' | 'decision' | 'until' | 'decidedAt' | 'comment'
> {
  readonly id: string;
  /** As it is now; its removal says how far a revocation is. */
  readonly assignment: AssignmentView;
  readonly reviewers: readonly NamedPerson[];
  /** Null where nobody answered. */
  readonly decidedBy: NamedPerson | null;
  readonly onBehalfOf: NamedPerson | null;
  readonly verified: { readonly by: NamedPerson | null; readonly at: string; readonly comment: string | null } | null;
}

/** The items that ask the caller; policy administrators and auditors see all. */
export class ListReviewItems extends Query<Page<ReviewItemView>> {
  constructor(
    readonly reviewId: string,
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** The same as a file, to be filled in and sent back. */
export class DownloadReviewItems extends Query<AsyncIterable<string>> {
  constructor(
    readonly reviewId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'i.id', type: 'uuid' },
  status: { sql: 'i.status', type: 'word' },
  decision: { sql: 'i.decision', type: 'word' },
  packageId: { sql: 'i.package_id', type: 'key' },
  identityId: { sql: 'i.identity_id', type: 'uuid' },
  assignmentId: { sql: 'i.assignment_id', type: 'uuid' },
  unverified: { sql: 'i.unverified', type: 'boolean' },
};

@QueryHandler(ListReviewItems)
export class ListReviewItemsHandler implements IQueryHandler<ListReviewItems> {
  constructor(
    private readonly db: Database,
    private readonly items: ReviewItems,
    private readonly assignments: NamedAssignments,
    private readonly names: Names,
    private readonly clock: Clock,
  ) {}

  async execute({ reviewId, part, caller }: ListReviewItems): Promise<Page<ReviewItemView>> {
    const { limit, cursor, filter } = part;
    const [after = firstUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, columns, 7);
    const rows = await this.db.query<StoredState & Record<string, unknown>>(
      `select i.id, i.version, i.fold, i.state from review_item i where i.review_id = $1::uuid
       and ($2 or ${asks('$3', '$4')}) and i.id > $5::uuid and (${condition.sql}) order by i.id limit $6`,
      [reviewId, seesAll(caller), caller.identity, this.clock.now(), after, limit + 1, ...condition.params],
    );
    const { items, nextCursor } = pageOf(
      await this.items.loadRows(rows),
      limit,
      ({ id }) => [id],
      ({ state }) => state,
    );
    return { items: await this.viewsOf(items.filter((state) => state !== null)), nextCursor };
  }

  private async viewsOf(items: readonly KnownItem[]): Promise<ReviewItemView[]> {
    const [assignments, person] = await Promise.all([
      this.assignments.withIds(items.map(({ assignmentId }) => assignmentId)),
      this.names.of(
        items.flatMap(({ reviewerIds, decidedBy, onBehalfOf, verified }) => [
          ...reviewerIds,
          decidedBy,
          onBehalfOf,
          verified?.by ?? null,
        ]),
      ),
    ]);
    const named = (id: string | null): NamedPerson | null => (id === null ? null : person(id));
    return items.flatMap((item) => {
      const assignment = assignments.get(item.assignmentId);
      if (assignment === undefined) return [];
      const { itemId, reviewId, status, instead, onNoResponse, decision, until, decidedAt, comment, verified } = item;
      return [
        {
          ...{ id: itemId, reviewId, assignment, status, instead, onNoResponse, decision, until, decidedAt, comment },
          reviewers: item.reviewerIds.map(person),
          decidedBy: named(item.decidedBy),
          onBehalfOf: named(item.onBehalfOf),
          verified: verified === null ? null : { ...verified, by: named(verified.by) },
        },
      ];
    });
  }
}

const csvPage = 500;
const header =
  'itemId,employeeId,displayName,packageId,package,since,ends,delivery,reviewers,status,decision,until,comment,removal,verifiedAt\r\n';

@QueryHandler(DownloadReviewItems)
export class DownloadReviewItemsHandler implements IQueryHandler<DownloadReviewItems> {
  constructor(private readonly list: ListReviewItemsHandler) {}

  async execute({ reviewId, caller }: DownloadReviewItems): Promise<AsyncIterable<string>> {
    const page = (cursor: string | undefined): Promise<Page<ReviewItemView>> =>
      this.list.execute(new ListReviewItems(reviewId, { limit: csvPage, cursor, filter: undefined }, caller));
    const first = await page(undefined);
    if (first.items.length === 0) throw new NotFound('review with items for you', reviewId);
    return linesOf(first, page);
  }
}

async function* linesOf(
  first: Page<ReviewItemView>,
  page: (cursor: string) => Promise<Page<ReviewItemView>>,
): AsyncGenerator<string> {
  yield header;
  for (let { items, nextCursor } = first; ; { items, nextCursor } = await page(nextCursor)) {
    yield items.map(lineOf).join('');
    if (nextCursor === null) return;
  }
}

function lineOf({ id, assignment, reviewers, status, decision, until, comment, verified }: ReviewItemView): string {
  const { identity, packageId, package: titled, since, delivery, removal } = assignment;
  const cells = [id, identity.employeeId, identity.displayName, packageId, titled.displayName, since, assignment.until];
  const people = reviewers.map(({ employeeId, id: reviewer }) => employeeId ?? reviewer).join(' ');
  const rest = [delivery, people, status, decision, until, comment, removal, verified?.at ?? null];
  return `${[...cells, ...rest].map((cell) => csvCell(cell ?? '')).join(',')}\r\n`;
}
