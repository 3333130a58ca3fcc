import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { lastUuid } from '#libs/event-store/ids.js';
import type { Caller } from '#libs/auth/caller.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import type { AssignmentView } from './assignment-view.js';
import { deliveries, removals } from './access.events.js';
import { NamedAssignments } from './named-assignments.query.js';
import { OwnedPackages } from '../people/people.exports.js';
import { seesAll } from '../policy/policy.exports.js';

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  packageId: { sql: 'package_id', type: 'key' },
  identityId: { sql: 'identity_id', type: 'uuid' },
  status: { sql: 'status', type: 'word' },
  delivery: {
    sql: 'delivery',
    type: 'word',
    words: deliveries,
    rare: { sql: 'rare_delivery', words: ['failed', 'partial', 'manual'] },
  },
  removal: { sql: 'removal', type: 'word', words: removals },
  since: { sql: 'since', type: 'timestamp' },
  until: { sql: 'until', type: 'timestamp' },
  code: { sql: 'code', type: 'word' },
  'grace.code': { sql: `grace ->> 'code'`, type: 'word' },
  'grace.decides': { sql: `grace ->> 'decides'`, type: 'word' },
  'cause.type': { sql: `cause ->> 'type'`, type: 'word' },
  'cause.request': { sql: `cause ->> 'request'`, type: 'key' },
  'cause.rule': { sql: `cause ->> 'rule'`, type: 'key' },
  'cause.connector': { sql: `cause ->> 'connector'`, type: 'key' },
  'cause.sinceUnknown': { sql: `(cause ->> 'sinceUnknown')::boolean`, type: 'boolean' },
  'cause.certifyBy': { sql: `(cause ->> 'certifyBy')::timestamptz`, type: 'timestamp' },
  'cause.overdueSince': { sql: `(cause ->> 'overdueSince')::timestamptz`, type: 'timestamp' },
  'cause.certifiedBy': { sql: `(cause ->> 'certifiedBy')::uuid`, type: 'uuid' },
};

export class GetAssignment extends Query<AssignmentView> {
  constructor(
    readonly assignmentId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Who holds, or held, which package; without an administrative role, of the caller and of the caller's packages. Newest first. */
export class ListAssignments extends Query<Page<AssignmentView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(GetAssignment)
export class GetAssignmentHandler implements IQueryHandler<GetAssignment> {
  constructor(
    private readonly owned: OwnedPackages,
    private readonly named: NamedAssignments,
  ) {}

  async execute({ assignmentId, caller }: GetAssignment): Promise<AssignmentView> {
    const rows = await this.named.rows(
      `id = $1::uuid and ($2 or identity_id = $3::uuid or package_id = any($4::text[]))`,
      [assignmentId, seesAll(caller), caller.identity, await this.owned.of(caller)],
    );
    const [view] = await this.named.viewOf(rows);
    if (view === undefined) throw new NotFound('assignment', assignmentId);
    return view;
  }
}

@QueryHandler(ListAssignments)
export class ListAssignmentsHandler implements IQueryHandler<ListAssignments> {
  constructor(
    private readonly owned: OwnedPackages,
    private readonly named: NamedAssignments,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListAssignments): Promise<Page<AssignmentView>> {
    const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, columns, 3);
    const params = [before, limit + 1, ...condition.params];
    // Everybody's, the caller's own, and those of the caller's packages are statements of their own: one plan would not suit all.
    const packages = seesAll(caller) ? [] : await this.owned.of(caller);
    const own = seesAll(caller) ? [] : packages.length === 0 ? [caller.identity] : [caller.identity, packages];
    const [self, theirs] = [
      `identity_id = $${params.length + 1}::uuid`,
      `package_id = any($${params.length + 2}::text[])`,
    ];
    const owned = own.length === 0 ? 'true' : packages.length === 0 ? self : `(${self} or ${theirs})`;
    const rows = await this.named.rows(`${owned} and id < $1::uuid and (${condition.sql}) order by id desc limit $2`, [
      ...params,
      ...own,
    ]);
    const { items, nextCursor } = pageOf(
      rows,
      limit,
      ({ id }) => [id],
      (row) => row,
    );
    return { items: await this.named.viewOf(items), nextCursor };
  }
}
