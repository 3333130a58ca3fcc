import { Injectable } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { CurrentCatalog } from '../people/people.exports.js';
import { Names } from '../names/names.exports.js';
import type { AssignmentView } from './assignment-view.js';
import { assignmentRowsOf, type AssignmentRow } from './access-rows.projection.js';
import type { Grounds } from './access.events.js';
import { OwnedPackages } from './owned-packages.query.js';
import { Accesses } from './accesses.stream.js';

type Row = Omit<AssignmentView, 'since' | 'until' | keyof Shown> & {
  readonly since: Date;
  readonly until: Date | null;
};
type StoredRow = Row & { readonly fold: number } & Record<string, unknown>;
type Shown = Pick<AssignmentView, 'package' | 'identity' | 'approvers' | 'rule'>;

const select = `select id, package_id as "packageId", package_version as "packageVersion", identity_id as "identityId", status,
  delivery, removal, cause, since, until, code, reason, justification, fold from assignment`;

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  packageId: { sql: 'package_id', type: 'key' },
  identityId: { sql: 'identity_id', type: 'uuid' },
  status: { sql: 'status', type: 'word' },
  delivery: { sql: 'delivery', type: 'word' },
  removal: { sql: 'removal', type: 'word' },
  since: { sql: 'since', type: 'timestamp' },
  until: { sql: 'until', type: 'timestamp' },
  code: { sql: 'code', type: 'word' },
  'cause.type': { sql: `cause ->> 'type'`, type: 'word' },
  'cause.request': { sql: `cause ->> 'request'`, type: 'key' },
  'cause.rule': { sql: `cause ->> 'rule'`, type: 'key' },
};

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

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
    readonly part: { readonly limit: number; readonly cursor: string | undefined; readonly filter: string | undefined },
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Assignments with the people, packages and rules they name. */
@Injectable()
export class NamedAssignments {
  constructor(
    private readonly names: Names,
    private readonly catalog: CurrentCatalog,
    private readonly accesses: Accesses,
  ) {}

  /** Rows as they are, or as the streams of their people say where a row is of another fold. */
  private async current(rows: readonly StoredRow[]): Promise<Row[]> {
    const doubted = new Set(rows.filter(({ fold }) => fold !== this.accesses.fold).map((row) => row.identityId));
    if (doubted.size === 0) return rows.map(({ fold: _, ...row }) => row as Row);
    const folded = (await this.accesses.whole([...doubted])).flatMap(assignmentRowsOf);
    const byId = new Map(folded.map((row) => [row.assignmentId, row]));
    return rows.map(({ fold: _, ...row }) => rowOf(byId.get(row.id)) ?? (row as Row));
  }

  async viewOf(stored: readonly StoredRow[]): Promise<AssignmentView[]> {
    const rows = await this.current(stored);
    const ids = rows.flatMap(({ identityId, cause }) => [identityId, ...approversOf(cause)]);
    const [person, catalog] = await Promise.all([this.names.of(ids), this.catalog.current()]);
    return rows.map(({ since, until, ...row }) => ({
      ...row,
      package: catalog.titleOf('access-package', row.packageId),
      identity: person(row.identityId),
      approvers: approversOf(row.cause).map(person),
      rule: row.cause.type === 'birthright' ? catalog.titleOf('birthright-rule', row.cause.rule) : null,
      since: since.toISOString(),
      until: until?.toISOString() ?? null,
    }));
  }
}

function rowOf(row: AssignmentRow | undefined): Row | null {
  if (row === undefined) return null;
  const { assignmentId: id, since, until, ...terms } = row;
  return { ...terms, id, since: new Date(since), until: until === null ? null : new Date(until) };
}

const seesAll = ({ roles }: Caller): boolean => roles.includes('policy-admin') || roles.includes('auditor');

const approversOf = (cause: Grounds): readonly string[] => (cause.type === 'request' ? cause.approvers : []);

@QueryHandler(GetAssignment)
export class GetAssignmentHandler implements IQueryHandler<GetAssignment> {
  constructor(
    private readonly db: Database,
    private readonly owned: OwnedPackages,
    private readonly named: NamedAssignments,
  ) {}

  async execute({ assignmentId, caller }: GetAssignment): Promise<AssignmentView> {
    const rows = await this.db.query<StoredRow>(
      `${select} where id = $1::uuid and ($2 or identity_id = $3::uuid or package_id = any($4::text[]))`,
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
    private readonly db: Database,
    private readonly owned: OwnedPackages,
    private readonly named: NamedAssignments,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListAssignments): Promise<Page<AssignmentView>> {
    const [before = lastId] = decodeCursor(cursor, ['uuid']) ?? [];
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
    const rows = await this.db.query<StoredRow>(
      `${select} where ${owned} and id < $1::uuid and (${condition.sql}) order by id desc limit $2`,
      [...params, ...own],
    );
    const { items, nextCursor } = pageOf(
      rows,
      limit,
      ({ id }) => [id],
      (row) => row,
    );
    return { items: await this.named.viewOf(items), nextCursor };
  }
}
