import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { Names } from '../names/names.exports.js';
import { CurrentCatalog } from '../policy/policy.exports.js';
import { assignmentRowsOf, type AssignmentRow } from './access-rows.projection.js';
import type { Grounds } from './access.events.js';
import { Accesses } from './accesses.stream.js';
import type { AssignmentView } from './assignment-view.js';

type Row = Omit<AssignmentView, 'since' | 'until' | keyof Shown> & {
  readonly since: Date;
  readonly until: Date | null;
};
/** A row as it is stored. */
export type StoredRow = Row & { readonly fold: number } & Record<string, unknown>;
type Shown = Pick<AssignmentView, 'package' | 'identity' | 'approvers' | 'rule'>;

export const selectAssignments = `select id, package_id as "packageId", package_version as "packageVersion", identity_id as "identityId", status,
  delivery, removal, cause, since, until, code, reason, justification, grace, fold from assignment`;

/** Assignments with the people, packages and rules they name. */
@Injectable()
export class NamedAssignments {
  constructor(
    private readonly db: Database,
    private readonly names: Names,
    private readonly catalog: CurrentCatalog,
    private readonly accesses: Accesses,
  ) {}

  /** Those with these ids, active or ended. */
  async withIds(ids: readonly string[]): Promise<Map<string, AssignmentView>> {
    if (ids.length === 0) return new Map();
    const views = await this.viewOf(
      await this.db.query<StoredRow>(`${selectAssignments} where id = any($1::uuid[])`, [ids]),
    );
    return new Map(views.map((view) => [view.id, view]));
  }

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

const approversOf = (cause: Grounds): readonly string[] => (cause.type === 'request' ? cause.approvers : []);
