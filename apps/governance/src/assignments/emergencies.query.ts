import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { lastUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { Names, type NamedPerson } from '../names/names.exports.js';
import { CurrentCatalog, OwnedPackages } from '../people/people.exports.js';
import { type Titled, seesAll } from '../policy/policy.exports.js';
import { Accesses } from './accesses.stream.js';

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

/** Of the caller's packages; a policy administrator or auditor sees all. Newest first. */
export class ListEmergencies extends Query<Page<EmergencyView>> {
  constructor(
    readonly part: ListPart,
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
    const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const all = seesAll(caller);
    const condition = listCondition(filter, columns, 6);
    const visible = await this.owned.of(caller);
    const find = (): Promise<Row[]> =>
      this.db.query<Row>(
        `select * from emergency_review where ($3 or package_id = any($4::text[]) or identity_id = $5::uuid)
       and assignment_id < $1::uuid and (${condition.sql}) order by assignment_id desc limit $2`,
        [before, limit + 1, all, visible, caller.identity, ...condition.params],
      );
    const rows = await currentRows(find, {
      streams: this.accesses,
      shownBy: ({ identity_id: id, fold }) => [{ id, fold }],
    });
    const { items, nextCursor } = pageOf(
      rows,
      limit,
      ({ assignment_id }) => [assignment_id],
      (row) => row,
    );
    return { items: await this.viewsOf(items), nextCursor };
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
