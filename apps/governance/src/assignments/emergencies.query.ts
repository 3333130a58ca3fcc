import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { Names, type NamedPerson } from '../names/names.exports.js';
import { CurrentCatalog, OwnedPackages } from '../people/people.exports.js';
import type { Titled } from '../policy/policy.exports.js';
import { Accesses } from './accesses.stream.js';
import { emergencyRowsOf } from './emergency-rows.projection.js';

/** Access taken in an emergency, as the API shows it. */
export interface EmergencyView {
  readonly assignmentId: string;
  readonly packageId: string;
  readonly package: Titled;
  readonly identityId: string;
  readonly identity: NamedPerson;
  readonly takenAt: string;
  /** Null until somebody has reviewed it. */
  readonly outcome: 'justified' | 'unjustified' | null;
  readonly reviewedBy: NamedPerson | null;
  readonly reviewedAt: string | null;
  readonly comment: string | null;
}

interface Row extends Record<string, unknown> {
  readonly assignment_id: string;
  readonly identity_id: string;
  readonly package_id: string;
  readonly taken_at: Date;
  readonly outcome: EmergencyView['outcome'];
  readonly reviewed_by: string | null;
  readonly reviewed_at: Date | null;
  readonly comment: string | null;
  readonly fold: number;
}

const columns: Readonly<Record<string, Column>> = {
  assignmentId: { sql: 'assignment_id', type: 'uuid' },
  packageId: { sql: 'package_id', type: 'key' },
  identityId: { sql: 'identity_id', type: 'uuid' },
  takenAt: { sql: 'taken_at', type: 'timestamp' },
  outcome: { sql: 'outcome', type: 'text' },
};

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Of the caller's packages; a policy administrator or auditor sees all. Newest first. */
export class ListEmergencies extends Query<Page<EmergencyView>> {
  constructor(
    readonly part: { readonly limit: number; readonly cursor: string | undefined; readonly filter: string | undefined },
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(ListEmergencies)
export class ListEmergenciesHandler implements IQueryHandler<ListEmergencies> {
  constructor(
    private readonly db: Database,
    private readonly accesses: Accesses,
    private readonly owned: OwnedPackages,
    private readonly names: Names,
    private readonly catalog: CurrentCatalog,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListEmergencies): Promise<Page<EmergencyView>> {
    const [before = lastId] = decodeCursor(cursor, ['uuid']) ?? [];
    const seesAll = caller.roles.includes('policy-admin') || caller.roles.includes('auditor');
    const condition = listCondition(filter, columns, 6);
    const rows = await this.db.query<Row>(
      `select * from emergency_review where ($3 or package_id = any($4::text[]) or identity_id = $5::uuid)
       and assignment_id < $1::uuid and (${condition.sql}) order by assignment_id desc limit $2`,
      [before, limit + 1, seesAll, await this.owned.of(caller), caller.identity, ...condition.params],
    );
    const { items, nextCursor } = pageOf(
      await this.current(rows),
      limit,
      ({ assignment_id }) => [assignment_id],
      (row) => row,
    );
    return { items: await this.viewsOf(items), nextCursor };
  }

  /** Rows as they are, or as the streams of their people say where a row is of another fold. */
  private async current(rows: readonly Row[]): Promise<readonly Row[]> {
    const doubted = rows.filter(({ fold }) => fold !== this.accesses.fold).map((row) => row.identity_id);
    if (doubted.length === 0) return rows;
    const folded = (await this.accesses.whole([...new Set(doubted)])).flatMap(emergencyRowsOf);
    const byId = new Map(folded.map((row) => [row.assignmentId, row]));
    return rows.map((row) => {
      const known = byId.get(row.assignment_id);
      if (known === undefined) return row;
      const { outcome, reviewedBy: reviewed_by, reviewedAt, comment } = known;
      return { ...row, outcome, reviewed_by, comment, reviewed_at: reviewedAt === null ? null : new Date(reviewedAt) };
    });
  }

  private async viewsOf(rows: readonly Row[]): Promise<EmergencyView[]> {
    const [person, catalog] = await Promise.all([
      this.names.of(rows.flatMap((row) => [row.identity_id, ...(row.reviewed_by === null ? [] : [row.reviewed_by])])),
      this.catalog.current(),
    ]);
    return rows.map((row) => ({
      assignmentId: row.assignment_id,
      packageId: row.package_id,
      package: catalog.titleOf('access-package', row.package_id),
      identityId: row.identity_id,
      identity: person(row.identity_id),
      takenAt: row.taken_at.toISOString(),
      outcome: row.outcome,
      reviewedBy: row.reviewed_by === null ? null : person(row.reviewed_by),
      reviewedAt: row.reviewed_at?.toISOString() ?? null,
      comment: row.comment,
    }));
  }
}
