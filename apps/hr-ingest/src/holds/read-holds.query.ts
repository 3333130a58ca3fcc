import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { Clock } from '#libs/system/clock.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import type { HoldKind } from './hold.events.js';
import { HoldStore } from './hold.store.js';

/** One statement that is or was held. */
export interface HoldView {
  readonly id: string;
  readonly kind: HoldKind;
  /** `passed`: the import went on with it; `released`: it was applied by itself. */
  readonly status: 'held' | 'passed' | 'released' | 'cancelled';
  readonly employeeId: string;
  /** The known data of the person; empty if the person is unknown. */
  readonly displayName: string;
  /** UUID of the worker; null where the row is about nobody the hub knows. */
  readonly worker: string | null;
  /** The import it came with; null for a single statement. */
  readonly import: string | null;
  readonly line: number | null;
  readonly detail: string;
  readonly heldAt: string;
  /** The time by which a person must decide: a leaver whose statement is held keeps their access. */
  readonly deadline: string;
  readonly overdue: boolean;
  readonly decidedAt: string | null;
  /** `identity/<uuid>` or `subject/<uuid>`. */
  readonly decidedBy: string | null;
}

/** One held statement; null when there is none of this id. */
export class GetHold extends Query<HoldView | null> {
  constructor(readonly id: string) {
    super();
  }
}

/** Held statements, newest first. */
export class ListHolds extends Query<Page<HoldView>> {
  constructor(
    readonly limit: number,
    readonly cursor: string | undefined,
    readonly filter: string | undefined,
  ) {
    super();
  }
}

interface Row {
  readonly id: string;
  readonly kind: HoldKind;
  readonly status: HoldView['status'];
  readonly worker: string | null;
  readonly import: string | null;
  readonly line: number | null;
  readonly sealed: string;
  readonly held_at: Date;
  readonly deadline: Date;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
}

const columns = `id, kind, status, worker, import, line, sealed, held_at, deadline, decided_at, decided_by`;
const filterColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  kind: { sql: 'kind', type: 'text' },
  status: { sql: 'status', type: 'text' },
  worker: { sql: 'worker', type: 'uuid' },
  import: { sql: 'import', type: 'uuid' },
  line: { sql: 'line', type: 'number' },
  heldAt: { sql: 'held_at', type: 'timestamp' },
  deadline: { sql: 'deadline', type: 'timestamp' },
};

@QueryHandler(GetHold)
export class GetHoldHandler implements IQueryHandler<GetHold> {
  constructor(
    private readonly db: Database,
    private readonly holds: HoldStore,
    private readonly clock: Clock,
  ) {}

  async execute({ id }: GetHold): Promise<HoldView | null> {
    const [row] = await this.db.query<Row>(`select ${columns} from hold where id = $1::uuid`, [id]);
    return row === undefined ? null : viewOf(row, this.holds, this.clock.now());
  }
}

@QueryHandler(ListHolds)
export class ListHoldsHandler implements IQueryHandler<ListHolds> {
  constructor(
    private readonly db: Database,
    private readonly holds: HoldStore,
    private readonly clock: Clock,
  ) {}

  async execute({ limit, cursor, filter }: ListHolds): Promise<Page<HoldView>> {
    const [before = null] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, filterColumns, 3);
    const rows = await this.db.query<Row>(
      `select ${columns} from hold where ($1::uuid is null or id < $1::uuid) and (${condition.sql}) order by id desc limit $2`,
      [before, limit + 1, ...condition.params],
    );
    const now = this.clock.now();
    return pageOf(
      rows,
      limit,
      ({ id }) => [id],
      (row) => viewOf(row, this.holds, now),
    );
  }
}

function viewOf(row: Row, holds: HoldStore, now: string): HoldView {
  const { id, kind, status, worker, line, sealed } = row;
  const { employeeId, displayName, detail } = holds.open(id, sealed);
  const deadline = row.deadline.toISOString();
  return {
    id,
    kind,
    status,
    employeeId,
    displayName,
    worker,
    import: row.import,
    line,
    detail,
    heldAt: row.held_at.toISOString(),
    deadline,
    overdue: status === 'held' && deadline < now,
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
  };
}
