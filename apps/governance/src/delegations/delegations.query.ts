import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import type { StoredState } from '#libs/event-store/event-stream.js';
import { lastUuid } from '#libs/event-store/ids.js';
import { NotFound } from '#libs/problems/problem.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { seesAll } from '../policy/policy.exports.js';
import type { Delegation } from './delegation.js';
import { Delegations } from './delegations.stream.js';

/** A delegation as the API shows it. */
export interface DelegationView {
  readonly id: string;
  readonly delegatorId: string;
  readonly delegator: NamedPerson;
  readonly delegateId: string;
  readonly delegate: NamedPerson;
  readonly from: string;
  readonly until: string;
  readonly reason: string | null;
  /** Ended before its time; null while it was not. */
  readonly endedAt: string | null;
}

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  delegatorId: { sql: 'delegator_id', type: 'uuid' },
  delegateId: { sql: 'delegate_id', type: 'uuid' },
  from: { sql: 'from_at', type: 'timestamp' },
  until: { sql: 'until_at', type: 'timestamp' },
  endedAt: { sql: 'ended_at', type: 'timestamp' },
};

export class GetDelegation extends Query<DelegationView> {
  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** The caller's own, given and taken; a policy administrator or auditor sees all. Newest first. */
export class ListDelegations extends Query<Page<DelegationView>> {
  constructor(
    readonly part: ListPart,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(GetDelegation)
export class GetDelegationHandler implements IQueryHandler<GetDelegation> {
  constructor(
    private readonly delegations: Delegations,
    private readonly names: Names,
  ) {}

  async execute({ id, caller }: GetDelegation): Promise<DelegationView> {
    const { state } = await this.delegations.load(id);
    const concerned = state !== null && [state.delegatorId, state.delegateId].includes(caller.identity ?? '');
    if (state === null || (!concerned && !seesAll(caller))) throw new NotFound('delegation', id);
    return viewOf(state, await this.names.of([state.delegatorId, state.delegateId]));
  }
}

@QueryHandler(ListDelegations)
export class ListDelegationsHandler implements IQueryHandler<ListDelegations> {
  constructor(
    private readonly db: Database,
    private readonly delegations: Delegations,
    private readonly names: Names,
  ) {}

  async execute({ part: { limit, cursor, filter }, caller }: ListDelegations): Promise<Page<DelegationView>> {
    const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const condition = listCondition(filter, columns, 5);
    const rows = await this.db.query<StoredState & Record<string, unknown>>(
      `select id, version, fold, state from delegation where ($2 or delegator_id = $1::uuid or delegate_id = $1::uuid)
       and id < $3::uuid and (${condition.sql}) order by id desc limit $4`,
      [caller.identity, seesAll(caller), before, limit + 1, ...condition.params],
    );
    const states = (await this.delegations.loadRows(rows)).flatMap(({ state }) => (state === null ? [] : [state]));
    const person = await this.names.of(states.flatMap(({ delegatorId, delegateId }) => [delegatorId, delegateId]));
    return pageOf(
      states,
      limit,
      ({ delegationId }) => [delegationId],
      (state) => viewOf(state, person),
    );
  }
}

function viewOf(
  { delegationId, delegatorId, delegateId, from, until, reason, endedAt }: NonNullable<Delegation>,
  person: (id: string) => NamedPerson,
): DelegationView {
  const names = { delegator: person(delegatorId), delegate: person(delegateId) };
  return { id: delegationId, delegatorId, delegateId, ...names, from, until, reason, endedAt };
}
