import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { Database } from '#libs/event-store/database.js';
import type { StoredState } from '#libs/event-store/event-stream.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { identityColumns } from './identity-columns.query.js';
import { Identities } from './identities.stream.js';
import { attributesOf, type KnownIdentity } from './identity.js';
import { pulledValues, type PulledValue } from './pulled-attributes.js';
import { isKnownTo, seesRecords } from './visibility.js';

/** An identity as the API shows it: the worker's fields, and the identity's own. */
export type IdentityView = Omit<Partial<WorkerAttributes>, 'status'> & {
  readonly id: string;
  readonly status: 'active' | 'on-leave' | 'inactive';
  readonly kind: string;
  readonly userName: string | null;
  readonly displayName: string | null;
  /** Identity id of the manager. */
  readonly manager: string | null;
  readonly managerPerson: NamedPerson | null;
  /** What applications made: of several for one attribute the first counts, unless HR states it and goes before. */
  readonly pulled?: readonly PulledValue[];
};

interface Row {
  readonly id: string;
  readonly state: KnownIdentity;
}

export class GetIdentity extends Query<IdentityView> {
  constructor(
    readonly identityId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

export class ListIdentities extends Query<Page<IdentityView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(GetIdentity)
export class GetIdentityHandler implements IQueryHandler<GetIdentity> {
  constructor(
    private readonly db: Database,
    private readonly identities: Identities,
    private readonly names: Names,
  ) {}

  async execute({ identityId, caller }: GetIdentity): Promise<IdentityView> {
    const [row] = await knownRows(
      this.identities,
      await this.db.query<StoredState & Record<string, unknown>>(
        `select ${columns} from identity where id = $1::uuid`,
        [identityId],
      ),
    );
    if (row === undefined || !isKnownTo(caller, row.state)) throw new NotFound('identity', identityId);
    return shownTo(caller, await this.names.of([row.state.managerId]))(row);
  }
}

@QueryHandler(ListIdentities)
export class ListIdentitiesHandler implements IQueryHandler<ListIdentities> {
  constructor(
    private readonly db: Database,
    private readonly identities: Identities,
    private readonly names: Names,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListIdentities): Promise<Page<IdentityView>> {
    const [after = firstUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const all = seesRecords(caller);
    const condition = listCondition(filter, all ? identityColumns : colleagueColumns, 4);
    const stored = await this.db.query<StoredState & Record<string, unknown>>(
      `select ${columns} from identity where id > $1::uuid and ($3 or status <> 'inactive') and (${condition.sql}) order by id limit $2`,
      [after, limit + 1, all, ...condition.params],
    );
    const rows = await knownRows(this.identities, stored);
    const name = await this.names.of(rows.map(({ state }) => state.managerId));
    return pageOf(rows, limit, ({ id }) => [id], shownTo(caller, name));
  }
}

/** What people may see of each other, to find a beneficiary. */
const colleagueFields = ['employeeId', 'givenName', 'familyName', 'preferredName', 'department', 'jobTitle'] as const;
const colleagueColumns: Readonly<Record<string, Column>> = Object.fromEntries(
  Object.entries(identityColumns).filter(([name]) => [...colleagueFields, 'id', 'displayName'].includes(name)),
);

function shownTo(caller: Caller, name: (id: string) => NamedPerson): (row: Row) => IdentityView {
  return seesRecords(caller) ? (row) => viewOf(row, name) : (row) => colleagueOf(viewOf(row, name));
}

function colleagueOf({ id, status, kind, displayName, manager, managerPerson, ...record }: IdentityView): IdentityView {
  const shown: { [Field in (typeof colleagueFields)[number]]?: string } = {};
  for (const field of colleagueFields) {
    const value = record[field];
    if (value !== undefined) shown[field] = value;
  }
  return { ...shown, id, status, kind, userName: null, displayName, manager, managerPerson };
}

function viewOf({ id, state }: Row, name: (id: string) => NamedPerson): IdentityView {
  const { status, kind, managerId, person } = state;
  return {
    ...attributesOf(state),
    id,
    status,
    kind,
    userName: person?.userName ?? null,
    displayName: person?.displayName ?? null,
    manager: managerId,
    managerPerson: managerId === null ? null : name(managerId),
    ...(person?.pulled === undefined ? {} : { pulled: pulledValues(person.pulled) }),
  };
}

const columns = 'id, version, fold, state';

/** Identities as their rows say, or their streams. */
async function knownRows(identities: Identities, rows: readonly StoredState[]): Promise<Row[]> {
  const loaded = await identities.loadRows(rows);
  return loaded.flatMap(({ id, state }) => (state.status === 'absent' ? [] : [{ id, state }]));
}
