import { Injectable } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { lastUuid } from '#libs/event-store/ids.js';
import { NotFound } from '#libs/problems/problem.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { Accesses } from '../assignments/assignments.exports.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { CurrentCatalog } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { RuleOwners } from './rule-owners.query.js';
import type { ExceptionView, FindingView } from './separation-views.js';

/** What is listed. */
type Listed = 'separation_exception' | 'separation_finding';
type Views = { readonly separation_exception: ExceptionView; readonly separation_finding: FindingView };

const shared: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  ruleId: { sql: 'rule', type: 'key' },
  identityId: { sql: 'identity_id', type: 'uuid' },
};
const columns: Readonly<Record<Listed, Readonly<Record<string, Column>>>> = {
  separation_exception: {
    ...shared,
    status: { sql: `case when ended_at is null then 'active' else 'ended' end`, type: 'text' },
    endsAt: { sql: 'until', type: 'timestamp' },
    code: { sql: 'code', type: 'text' },
  },
  separation_finding: {
    ...shared,
    status: { sql: 'status', type: 'text' },
    packages: { sql: 'packages', type: 'key[]' },
    foundAt: { sql: 'found_at', type: 'timestamp' },
    dueAt: { sql: 'due_at', type: 'timestamp' },
  },
};

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly identity_id: string;
  readonly rule: string;
  readonly fold: number;
}
interface ExceptionColumns extends Row {
  readonly granted_by: string;
  readonly granted_at: Date;
  readonly until: Date;
  readonly ended_at: Date | null;
  readonly code: ExceptionView['code'];
  readonly mitigation: string | null;
}
interface FindingColumns extends Row {
  readonly packages: readonly string[];
  readonly status: FindingView['status'];
  readonly found_at: Date;
  readonly due_at: Date;
  readonly solved_at: Date | null;
}

/** Whose exception this is, and from which rule. */
export async function exceptionOf(
  db: Database,
  id: string,
): Promise<{ readonly identity_id: string; readonly rule: string } | null> {
  const [row] = await db.query<{ identity_id: string; rule: string }>(
    `select identity_id, rule from separation_exception where id = $1::uuid`,
    [id],
  );
  return row ?? null;
}

/** One exception or finding. Of others' rules only what is about the caller is shown. */
export class GetSeparation<Kind extends Listed = Listed> extends Query<Views[Kind]> {
  constructor(
    readonly kind: Kind,
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Newest first. */
export class ListSeparation<Kind extends Listed = Listed> extends Query<Page<Views[Kind]>> {
  constructor(
    readonly kind: Kind,
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Exceptions and findings with the people, rules and packages they name. */
@Injectable()
export class SeparationViews {
  constructor(
    private readonly db: Database,
    private readonly accesses: Accesses,
    private readonly names: Names,
    private readonly catalog: CurrentCatalog,
  ) {}

  /** The rows that a statement finds, written by the fold of today. */
  async rows(sql: string, params: readonly unknown[]): Promise<Row[]> {
    return await currentRows(() => this.db.query<Row>(sql, params), {
      streams: this.accesses,
      shownBy: ({ identity_id: id, fold }) => [{ id, fold }],
    });
  }

  async of(kind: Listed, rows: readonly Row[]): Promise<(ExceptionView | FindingView)[]> {
    const [person, catalog] = await Promise.all([
      this.names.of(
        rows.flatMap((row) => [row.identity_id, ...('granted_by' in row ? [String(row['granted_by'])] : [])]),
      ),
      this.catalog.current(),
    ]);
    return rows.map((row) =>
      kind === 'separation_exception'
        ? exceptionView(row as ExceptionColumns, person, catalog)
        : findingView(row as FindingColumns, person, catalog),
    );
  }
}

@QueryHandler(GetSeparation)
export class GetSeparationHandler implements IQueryHandler<GetSeparation> {
  constructor(
    private readonly owners: RuleOwners,
    private readonly catalog: CurrentCatalog,
    private readonly views: SeparationViews,
  ) {}

  async execute({ kind, id, caller }: GetSeparation): Promise<ExceptionView | FindingView> {
    const seen = await this.owners.seenBy(caller, await this.catalog.current());
    const rows = await this.views.rows(
      `select * from ${kind} where id = $1::uuid and ($2::text[] is null or rule = any($2::text[]) or identity_id = $3::uuid)`,
      [id, seen, caller.identity],
    );
    const [view] = await this.views.of(kind, rows);
    if (view === undefined) throw new NotFound(kind.replace('separation_', ''), id);
    return view;
  }
}

@QueryHandler(ListSeparation)
export class ListSeparationHandler implements IQueryHandler<ListSeparation> {
  constructor(
    private readonly owners: RuleOwners,
    private readonly catalog: CurrentCatalog,
    private readonly views: SeparationViews,
  ) {}

  async execute({
    kind,
    part: { limit, cursor, filter },
    caller,
  }: ListSeparation): Promise<Page<ExceptionView | FindingView>> {
    const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const seen = await this.owners.seenBy(caller, await this.catalog.current());
    const condition = listCondition(filter, columns[kind], 5);
    const rows = await this.views.rows(
      `select * from ${kind} where ($3::text[] is null or rule = any($3::text[]) or identity_id = $4::uuid)
       and id < $1::uuid and (${condition.sql}) order by id desc limit $2`,
      [before, limit + 1, seen, caller.identity, ...condition.params],
    );
    const { items, nextCursor } = pageOf(
      rows,
      limit,
      ({ id }) => [id],
      (row) => row,
    );
    return { items: await this.views.of(kind, items), nextCursor };
  }
}

type Person = (id: string) => NamedPerson;

const ruleOf = (rule: string, { separation }: CatalogSnapshot): ExceptionView['rule'] => ({
  id: rule,
  displayName: separation.find(rule)?.document.displayName ?? null,
});

function exceptionView(row: ExceptionColumns, person: Person, catalog: CatalogSnapshot): ExceptionView {
  return {
    id: row.id,
    ruleId: row.rule,
    rule: ruleOf(row.rule, catalog),
    identityId: row.identity_id,
    identity: person(row.identity_id),
    grantedBy: person(row.granted_by),
    mitigation: row.mitigation,
    grantedAt: row.granted_at.toISOString(),
    endsAt: row.until.toISOString(),
    status: row.ended_at === null ? 'active' : 'ended',
    endedAt: row.ended_at?.toISOString() ?? null,
    code: row.code,
  };
}

function findingView(row: FindingColumns, person: Person, catalog: CatalogSnapshot): FindingView {
  return {
    id: row.id,
    ruleId: row.rule,
    rule: ruleOf(row.rule, catalog),
    identityId: row.identity_id,
    identity: person(row.identity_id),
    packages: row.packages.map((id) => catalog.titleOf('access-package', id)),
    owners: catalog.separation.find(row.rule)?.document.owners ?? [],
    status: row.status,
    foundAt: row.found_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    solvedAt: row.solved_at?.toISOString() ?? null,
  };
}
