import { Injectable } from '@nestjs/common';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { Names } from '../names/names.exports.js';
import { CurrentCatalog } from '../policy/policy.exports.js';
import type { Grounds } from './access.events.js';
import { Accesses } from './accesses.stream.js';
import type { AssignmentView } from './assignment-view.js';

/** A row as it is stored. */
export interface AssignmentColumns
  extends Omit<AssignmentView, 'since' | 'until' | keyof Shown>, Record<string, unknown> {
  readonly since: Date;
  readonly until: Date | null;
  readonly fold: number;
}
type Shown = Pick<AssignmentView, 'package' | 'identity' | 'approvers' | 'rule'>;

const selectAssignments = `select id, package_id as "packageId", package_version as "packageVersion", identity_id as "identityId", status,
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
    const views = await this.viewOf(await this.rows('id = any($1::uuid[])', [ids]));
    return new Map(views.map((view) => [view.id, view]));
  }

  /** Assignments as their rows say, which the fold of today wrote. @param which conditions and order, in SQL */
  async rows(which: string, params: readonly unknown[]): Promise<AssignmentColumns[]> {
    return await currentRows(() => this.db.query<AssignmentColumns>(`${selectAssignments} where ${which}`, params), {
      streams: this.accesses,
      shownBy: ({ identityId: id, fold }) => [{ id, fold }],
    });
  }

  async viewOf(rows: readonly AssignmentColumns[]): Promise<AssignmentView[]> {
    const ids = rows.flatMap(({ identityId, cause }) => [identityId, ...approversOf(cause)]);
    const [person, catalog] = await Promise.all([this.names.of(ids), this.catalog.current()]);
    return rows.map(({ since, until, fold: _, ...row }) => ({
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

/** Who answers for it: of what was found, who certified it. */
function approversOf(cause: Grounds): readonly string[] {
  if (cause.type === 'as-found') return cause.certifiedBy === null ? [] : [cause.certifiedBy];
  return cause.type === 'request' ? cause.approvers : [];
}
