import { Injectable } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { lastUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { type Access, Accesses, type Grace } from '../assignments/assignments.exports.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { CurrentCatalog } from '../people/people.exports.js';
import { type Titled, seesAll } from '../policy/policy.exports.js';

/** Access that waits for the word of its holder's manager. */
export interface MoverReview {
  readonly assignmentId: string;
  readonly packageId: string;
  readonly package: Titled;
  readonly identityId: string;
  readonly identity: NamedPerson;
  /** Who decides: the manager of today; null: nobody is, so that it ends, or a policy administrator decides. */
  readonly manager: NamedPerson | null;
  readonly why: Grace['code'];
  /** It ends then, unless it is kept. */
  readonly dueAt: string;
  readonly since: string;
  /** Its end, if it is kept; null: none. */
  readonly until: string | null;
}

/** What waits for the caller; all of it for policy administrators and auditors. Newest first. */
export class ListMoverReviews extends Query<Page<MoverReview>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

const columns: Readonly<Record<string, Column>> = {
  assignmentId: { sql: 'a.id', type: 'uuid' },
  packageId: { sql: 'a.package_id', type: 'key' },
  identityId: { sql: 'a.identity_id', type: 'uuid' },
  managerId: { sql: 'i.manager_id', type: 'uuid' },
  why: { sql: `a.grace ->> 'code'`, type: 'word' },
  dueAt: { sql: `(a.grace ->> 'until')::timestamptz`, type: 'timestamp' },
};

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly identity_id: string;
  readonly manager_id: string | null;
}

/** Finds what waits for managers. */
@Injectable()
export class MoverReviews {
  constructor(
    private readonly db: Database,
    private readonly accesses: Accesses,
    private readonly names: Names,
    private readonly catalog: CurrentCatalog,
  ) {}

  async list({ part: { limit, cursor, filter }, caller }: ListMoverReviews): Promise<Page<MoverReview>> {
    const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const all = seesAll(caller);
    const condition = listCondition(filter, columns, 5);
    const rows = await this.db.query<Row>(
      `select a.id, a.identity_id, i.manager_id from assignment a join identity i on i.id = a.identity_id
       where a.grace is not null and a.grace ->> 'decides' = 'manager' and ($1 or i.manager_id = $2::uuid)
         and a.id < $3::uuid and (${condition.sql}) order by a.id desc limit $4`,
      [all, caller.identity, before, limit + 1, ...condition.params],
    );
    const { items, nextCursor } = pageOf(
      rows,
      limit,
      ({ id }) => [id],
      (row) => row,
    );
    return { items: await this.viewsOf(items), nextCursor };
  }

  private async viewsOf(rows: readonly Row[]): Promise<MoverReview[]> {
    const [person, catalog, held] = await Promise.all([
      this.names.of(rows.flatMap((row) => [row.identity_id, row.manager_id])),
      this.catalog.current(),
      this.heldBy([...new Set(rows.map((row) => row.identity_id))]),
    ]);
    return rows.flatMap((row): MoverReview[] => {
      const assignment = held.get(row.id);
      if (assignment?.grace == null) return [];
      const { packageId, since, until = null, grace } = assignment;
      return [
        {
          assignmentId: row.id,
          packageId,
          package: catalog.titleOf('access-package', packageId),
          identityId: row.identity_id,
          identity: person(row.identity_id),
          manager: row.manager_id === null ? null : person(row.manager_id),
          why: grace.code,
          dueAt: grace.until,
          since,
          until,
        },
      ];
    });
  }

  private async heldBy(identityIds: readonly string[]): Promise<Map<string, Access['assignments'][number]>> {
    const rows = await this.db.query<{ id: string; version: number; fold: number; state: unknown }>(
      `select identity_id as id, version, fold, state from access where identity_id = any($1::uuid[])`,
      [identityIds],
    );
    const people = await this.accesses.loadRows(rows);
    return new Map(people.flatMap(({ state }) => state.assignments.map((one) => [one.assignmentId, one])));
  }
}

@QueryHandler(ListMoverReviews)
export class ListMoverReviewsHandler implements IQueryHandler<ListMoverReviews> {
  constructor(private readonly reviews: MoverReviews) {}

  execute(query: ListMoverReviews): Promise<Page<MoverReview>> {
    return this.reviews.list(query);
  }
}
