import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/page.js';
import { NotFound } from '#libs/service-kit/problem.js';
import { listCondition } from '#libs/service-kit/filter-input.js';
import type { Cause, Delivery, RemovalState, RevocationCode } from './access.events.js';

/** An assignment as the API shows it. */
export interface AssignmentView {
  readonly id: string;
  readonly packageId: string;
  readonly packageVersion: number;
  readonly identityId: string;
  readonly status: 'active' | 'revoked';
  /** Of the grant; once it has ended, as it was then. */
  readonly delivery: Delivery;
  /** How far it is taken away; null while it is held, and where it ended before this was followed. */
  readonly removal: RemovalState | null;
  readonly cause: Cause;
  readonly since: string;
  readonly until: string | null;
  /** Why it ended; null while it has not. */
  readonly code: RevocationCode | null;
  /** In the words of whoever revoked it. */
  readonly reason: string | null;
}

type Row = Omit<AssignmentView, 'since' | 'until'> & { readonly since: Date; readonly until: Date | null };

const select = `select id, package_id as "packageId", package_version as "packageVersion", identity_id as "identityId", status,
  delivery, removal, cause, since, until, code, reason from assignment`;

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  packageId: { sql: 'package_id', type: 'key' },
  identityId: { sql: 'identity_id', type: 'uuid' },
  status: { sql: 'status', type: 'text' },
  delivery: { sql: 'delivery', type: 'text' },
  removal: { sql: 'removal', type: 'text' },
  since: { sql: 'since', type: 'timestamp' },
  until: { sql: 'until', type: 'timestamp' },
  code: { sql: 'code', type: 'text' },
  'cause.type': { sql: `cause ->> 'type'`, type: 'text' },
  'cause.request': { sql: `cause ->> 'request'`, type: 'key' },
  'cause.rule': { sql: `cause ->> 'rule'`, type: 'key' },
};

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export class GetAssignment extends Query<AssignmentView> {
  constructor(readonly assignmentId: string) {
    super();
  }
}

/** Who holds, or held, which package. Newest first. */
export class ListAssignments extends Query<Page<AssignmentView>> {
  constructor(
    readonly part: { readonly limit: number; readonly cursor: string | undefined; readonly filter: string | undefined },
  ) {
    super();
  }
}

@QueryHandler(GetAssignment)
export class GetAssignmentHandler implements IQueryHandler<GetAssignment> {
  constructor(private readonly db: Database) {}

  async execute({ assignmentId }: GetAssignment): Promise<AssignmentView> {
    const [row] = await this.db.query<Row>(`${select} where id = $1::uuid`, [assignmentId]);
    if (row === undefined) throw new NotFound('assignment', assignmentId);
    return viewOf(row);
  }
}

@QueryHandler(ListAssignments)
export class ListAssignmentsHandler implements IQueryHandler<ListAssignments> {
  constructor(private readonly db: Database) {}

  async execute({ part: { limit, cursor, filter } }: ListAssignments): Promise<Page<AssignmentView>> {
    const [before = lastId] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, columns, 3);
    const rows = await this.db.query<Row>(
      `${select} where id < $1::uuid and (${condition.sql}) order by id desc limit $2`,
      [before, limit + 1, ...condition.params],
    );
    return pageOf(rows, limit, ({ id }) => [id], viewOf);
  }
}

const viewOf = ({ since, until, ...row }: Row): AssignmentView => ({
  ...row,
  since: since.toISOString(),
  until: until?.toISOString() ?? null,
});
