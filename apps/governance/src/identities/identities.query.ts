import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { workerFields, workerKeys, type WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/page.js';
import { NotFound } from '#libs/service-kit/problem.js';
import { listCondition } from '#libs/service-kit/filter-input.js';
import { attributesOf, type KnownIdentity } from './identity.js';

/** An identity as the API shows it: the worker's fields, and the identity's own. */
export type IdentityView = Omit<Partial<WorkerAttributes>, 'status'> & {
  readonly id: string;
  readonly status: 'active' | 'on-leave' | 'inactive';
  readonly kind: string;
  readonly userName: string | null;
  readonly displayName: string | null;
  /** Identity id of the manager. */
  readonly manager: string | null;
};

interface Row {
  readonly id: string;
  readonly state: KnownIdentity;
}

export class GetIdentity extends Query<IdentityView> {
  constructor(readonly identityId: string) {
    super();
  }
}

export class ListIdentities extends Query<Page<IdentityView>> {
  constructor(
    readonly part: { readonly limit: number; readonly cursor: string | undefined; readonly filter: string | undefined },
  ) {
    super();
  }
}

@QueryHandler(GetIdentity)
export class GetIdentityHandler implements IQueryHandler<GetIdentity> {
  constructor(private readonly db: Database) {}

  async execute({ identityId }: GetIdentity): Promise<IdentityView> {
    const [row] = await this.db.query<Row>(`select id, state from identity where id = $1::uuid`, [identityId]);
    if (row === undefined) throw new NotFound('identity', identityId);
    return viewOf(row);
  }
}

@QueryHandler(ListIdentities)
export class ListIdentitiesHandler implements IQueryHandler<ListIdentities> {
  constructor(private readonly db: Database) {}

  async execute({ part: { limit, cursor, filter } }: ListIdentities): Promise<Page<IdentityView>> {
    const [after = '00000000-0000-0000-0000-000000000000'] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, filterColumns, 3);
    const rows = await this.db.query<Row>(
      `select id, state from identity where id > $1::uuid and (${condition.sql}) order by id limit $2`,
      [after, limit + 1, ...condition.params],
    );
    return pageOf(rows, limit, ({ id }) => [id], viewOf);
  }
}

const lists: ReadonlySet<string> = new Set(['phoneNumbers', 'addresses']);

function columnOf(field: string): Column {
  if (field === 'custom') return { sql: `attributes -> 'custom'`, type: 'text{}' };
  if (workerKeys.has(field)) return { sql: `attributes ->> '${field}'`, type: 'key' };
  if (!lists.has(field)) return { sql: `attributes ->> '${field}'`, type: 'text' };
  return { sql: `array(select jsonb_array_elements_text(attributes -> '${field}'))`, type: 'text[]' };
}

/** The worker's fields as they lie in the row, and the identity's own. */
const filterColumns: Readonly<Record<string, Column>> = {
  ...Object.fromEntries(workerFields.map((field) => [field, columnOf(field)])),
  employeeId: { sql: 'numbers', type: 'key[]' },
  id: { sql: 'id', type: 'uuid' },
  status: { sql: 'status', type: 'text' },
  kind: { sql: `'person'`, type: 'text' },
};

function viewOf({ id, state }: Row): IdentityView {
  const { status, kind, managerId, person } = state;
  return {
    ...attributesOf(state),
    id,
    status,
    kind,
    userName: person?.userName ?? null,
    displayName: person?.displayName ?? null,
    manager: managerId,
  };
}
