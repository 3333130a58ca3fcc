import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { nameOf } from '../workers/workers.exports.js';

/** A person whom a full feed did not contain, and who was not stated again. */
export interface MissingView {
  /** UUID of the worker. */
  readonly id: string;
  readonly employeeId: string;
  readonly displayName: string;
  /** The time of the first complete feed that did not contain them. */
  readonly since: string;
  /** How many complete feeds did. */
  readonly feeds: number;
  /** When their access ended because of that; null while it has not. */
  readonly endedAt: string | null;
}

/** Workers who are missing in full feeds, by id. */
export class ListMissing extends Query<Page<MissingView>> {
  constructor(
    readonly limit: number,
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

/** One of them; null when nobody of this id is missing. */
export class GetMissing extends Query<MissingView | null> {
  constructor(readonly id: string) {
    super();
  }
}

interface Row {
  readonly id: string;
  readonly employee_id: string;
  readonly attributes: WorkerAttributes;
  readonly since: Date;
  readonly feeds: number;
  readonly ended_at: Date | null;
}

const select = `select m.worker as id, w.employee_id, w.attributes, m.since, m.feeds, m.ended_at
  from missing m join worker w on w.worker = m.worker`;

@QueryHandler(GetMissing)
export class GetMissingHandler implements IQueryHandler<GetMissing> {
  constructor(private readonly db: Database) {}

  async execute({ id }: GetMissing): Promise<MissingView | null> {
    const [row] = await this.db.query<Row>(`${select} where m.worker = $1::uuid`, [id]);
    return row === undefined ? null : viewOf(row);
  }
}

@QueryHandler(ListMissing)
export class ListMissingHandler implements IQueryHandler<ListMissing> {
  constructor(private readonly db: Database) {}

  async execute({ limit, cursor }: ListMissing): Promise<Page<MissingView>> {
    const [after = firstUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const rows = await this.db.query<Row>(`${select} where m.worker > $1::uuid order by m.worker limit $2`, [
      after,
      limit + 1,
    ]);
    return pageOf(rows, limit, ({ id }) => [id], viewOf);
  }
}

const viewOf = ({ id, employee_id: employeeId, attributes, since, feeds, ended_at: endedAt }: Row): MissingView => ({
  id,
  employeeId,
  displayName: nameOf(attributes),
  since: since.toISOString(),
  feeds,
  endedAt: endedAt?.toISOString() ?? null,
});
