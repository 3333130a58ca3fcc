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
import { Names } from '../names/names.exports.js';
import { CurrentCatalog, OwnedPackages } from '../people/people.exports.js';
import { seesAll } from '../policy/policy.exports.js';
import type { ExclusionView, WithheldView } from './birthright-views.js';

/** Which rows: one by its id, or those of a page. */
type Which = { readonly id: string } | (Omit<ListPart, 'cursor'> & { readonly before: string });

/** Exclusions that the caller may see, newest first. */
export class ListExclusions extends Query<Page<ExclusionView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class GetExclusion extends Query<ExclusionView> {
  constructor(
    readonly exclusionId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Withheld birthrights that the caller may see, newest first. */
export class ListWithheld extends Query<Page<WithheldView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

const shared: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  packageId: { sql: 'package_id', type: 'key' },
  identityId: { sql: 'identity_id', type: 'uuid' },
  status: { sql: `case when ended_at is null then 'active' else 'ended' end`, type: 'word' },
};
const exclusionColumns: Readonly<Record<string, Column>> = { ...shared, until: { sql: 'until', type: 'timestamp' } };
const withheldColumns: Readonly<Record<string, Column>> = {
  ...shared,
  ruleId: { sql: 'rule', type: 'key' },
  withheldAt: { sql: 'withheld_at', type: 'timestamp' },
};

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly identity_id: string;
  readonly package_id: string;
  readonly ended_at: Date | null;
  readonly fold: number;
}
interface ExclusionColumns extends Row {
  readonly excluded_by: string;
  readonly excluded_at: Date;
  readonly until: Date;
  readonly code: ExclusionView['code'];
  readonly reason: string | null;
}
interface WithheldColumns extends Row {
  readonly rule: string;
  readonly because: readonly { readonly rule: string; readonly packages: readonly string[] }[];
  readonly withheld_at: Date;
}

/** Reads what people do not get: administrators and auditors see all, others their own and that of their packages. */
@Injectable()
export class VisibleBirthrights {
  constructor(
    private readonly db: Database,
    private readonly accesses: Accesses,
    private readonly names: Names,
    private readonly catalog: CurrentCatalog,
    private readonly owned: OwnedPackages,
  ) {}

  async exclusions(caller: Caller, which: Which): Promise<ExclusionView[]> {
    const rows = await this.rows<ExclusionColumns>('birthright_exclusion', caller, which, exclusionColumns);
    const [person, catalog] = await Promise.all([
      this.names.of(rows.flatMap((row) => [row.identity_id, row.excluded_by])),
      this.catalog.current(),
    ]);
    return rows.map((row) => ({
      id: row.id,
      packageId: row.package_id,
      package: catalog.titleOf('access-package', row.package_id),
      identityId: row.identity_id,
      identity: person(row.identity_id),
      excludedBy: person(row.excluded_by),
      excludedAt: row.excluded_at.toISOString(),
      until: row.until.toISOString(),
      status: row.ended_at === null ? 'active' : 'ended',
      endedAt: row.ended_at?.toISOString() ?? null,
      code: row.code,
      reason: row.reason,
    }));
  }

  async withheld(caller: Caller, which: Which): Promise<WithheldView[]> {
    const rows = await this.rows<WithheldColumns>('birthright_withheld', caller, which, withheldColumns);
    const [person, catalog] = await Promise.all([
      this.names.of(rows.map((row) => row.identity_id)),
      this.catalog.current(),
    ]);
    return rows.map((row) => ({
      id: row.id,
      packageId: row.package_id,
      package: catalog.titleOf('access-package', row.package_id),
      identityId: row.identity_id,
      identity: person(row.identity_id),
      ruleId: row.rule,
      rule: catalog.titleOf('birthright-rule', row.rule),
      because: row.because.map(({ rule, packages }) => ({
        rule,
        packages: packages.map((id) => catalog.titleOf('access-package', id)),
      })),
      withheldAt: row.withheld_at.toISOString(),
      endedAt: row.ended_at?.toISOString() ?? null,
    }));
  }

  private async rows<R extends Row>(
    table: 'birthright_exclusion' | 'birthright_withheld',
    caller: Caller,
    which: Which,
    columns: Readonly<Record<string, Column>>,
  ): Promise<R[]> {
    const all = seesAll(caller);
    const visible = [all, caller.identity, all ? [] : await this.owned.of(caller)];
    const condition = 'id' in which ? { sql: 'true', params: [] } : listCondition(which.filter, columns, 6);
    const [where, limit] = 'id' in which ? ['id = $4::uuid', 1] : ['id < $4::uuid', which.limit];
    const find = (): Promise<R[]> =>
      this.db.query<R>(
        `select * from ${table} where ($1 or identity_id = $2::uuid or package_id = any($3::text[]))
         and ${where} and (${condition.sql}) order by id desc limit $5`,
        [...visible, 'id' in which ? which.id : which.before, limit, ...condition.params],
      );
    return await currentRows(find, {
      streams: this.accesses,
      shownBy: ({ identity_id: id, fold }) => [{ id, fold }],
    });
  }
}

@QueryHandler(GetExclusion)
export class GetExclusionHandler implements IQueryHandler<GetExclusion> {
  constructor(private readonly visible: VisibleBirthrights) {}

  async execute({ exclusionId, caller }: GetExclusion): Promise<ExclusionView> {
    const [found] = await this.visible.exclusions(caller, { id: exclusionId });
    if (found === undefined) throw new NotFound('birthright exclusion', exclusionId);
    return found;
  }
}

@QueryHandler(ListExclusions)
export class ListExclusionsHandler implements IQueryHandler<ListExclusions> {
  constructor(private readonly visible: VisibleBirthrights) {}

  execute({ part, caller }: ListExclusions): Promise<Page<ExclusionView>> {
    return pageBy(part, (which) => this.visible.exclusions(caller, which));
  }
}

@QueryHandler(ListWithheld)
export class ListWithheldHandler implements IQueryHandler<ListWithheld> {
  constructor(private readonly visible: VisibleBirthrights) {}

  execute({ part, caller }: ListWithheld): Promise<Page<WithheldView>> {
    return pageBy(part, (which) => this.visible.withheld(caller, which));
  }
}

async function pageBy<View extends { readonly id: string }>(
  { limit, cursor, filter }: ListPart,
  read: (which: Which) => Promise<View[]>,
): Promise<Page<View>> {
  const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
  return pageOf(
    await read({ limit: limit + 1, filter, before }),
    limit,
    ({ id }) => [id],
    (view) => view,
  );
}
