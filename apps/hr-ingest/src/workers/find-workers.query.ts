import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { workerFields, workerKeys } from '#libs/contracts/hr-lifecycle.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { foldOf, resolveKey } from './worker-keys.js';
import { WorkerLookup, workerColumns } from './worker-lookup.query.js';
import { viewOf, type WorkerView } from './worker-view.js';
import type { WorkerRow } from './worker-rows.projection.js';

export interface FoundWorker {
  readonly view: WorkerView;
  readonly version: number;
}

/** One worker by employeeId; null when there is none. */
export class GetWorker extends Query<FoundWorker | null> {
  constructor(readonly employeeId: string) {
    super();
  }
}

/** Workers that fulfil a SCIM filter over the worker's field names, by employeeId. */
export class ListWorkers extends Query<Page<WorkerView>> {
  constructor(
    readonly limit: number,
    readonly cursor: string | undefined,
    readonly filter: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetWorker)
export class GetWorkerHandler implements IQueryHandler<GetWorker> {
  constructor(private readonly lookup: WorkerLookup) {}

  async execute({ employeeId }: GetWorker): Promise<FoundWorker | null> {
    const { workers } = await this.lookup.find([{ employeeId, personId: null, mentioned: [] }]);
    const whom = resolveKey(employeeId, workers.get(foldOf(employeeId)) ?? []);
    if (whom.is !== 'known' || whom.holder.value.state.status === 'unknown') return null;
    const { state, version } = whom.holder.value;
    return { view: viewOf(state), version };
  }
}

@QueryHandler(ListWorkers)
export class ListWorkersHandler implements IQueryHandler<ListWorkers> {
  constructor(
    private readonly db: Database,
    private readonly lookup: WorkerLookup,
  ) {}

  async execute({ limit, cursor, filter }: ListWorkers): Promise<Page<WorkerView>> {
    const [after = ''] = decodeCursor(cursor, ['text']) ?? [];
    const condition = listCondition(filter, workerFilterColumns, 3);
    const rows = await this.db.query<WorkerRow & Record<string, unknown>>(
      `select ${workerColumns} from worker w where w.employee_id > $1 and ${condition.sql} order by w.employee_id limit $2`,
      [after, limit + 1, ...condition.params],
    );
    const { items, nextCursor } = pageOf(
      rows,
      limit,
      ({ employee_id: last }) => [last],
      (row) => row,
    );
    return { items: (await this.lookup.current(items)).map(viewOf), nextCursor };
  }
}

const lists: ReadonlySet<string> = new Set(['phoneNumbers', 'addresses']);
/** What a filter over workers may read. */
export const workerFilterColumns: Readonly<Record<string, Column>> = {
  ...Object.fromEntries(workerFields.map((field) => [field, columnOf(field)])),
  id: { sql: 'w.worker', type: 'uuid' },
  person: { sql: 'w.person', type: 'uuid' },
  employed: { sql: 'w.employed', type: 'boolean' },
  onLeave: { sql: 'w.on_leave', type: 'boolean' },
};

function columnOf(field: string): Column {
  if (field === 'employeeId') return { sql: 'w.canonical_id', type: 'key' };
  if (workerKeys.has(field)) return { sql: `(w.attributes->>'${field}')`, type: 'key' };
  if (field === 'accessEndsAt') return { sql: `(w.attributes->>'accessEndsAt')::timestamptz`, type: 'timestamp' };
  if (field === 'custom') return { sql: `w.attributes->'custom'`, type: 'text{}' };
  if (!lists.has(field)) return { sql: `(w.attributes->>'${field}')`, type: 'text' };
  return { sql: `array(select jsonb_array_elements_text(w.attributes->'${field}'))`, type: 'text[]' };
}
