import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller, Role } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import type { StoredState } from '#libs/event-store/event-stream.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { Identities } from './identities.stream.js';
import { attributesOf, type KnownIdentity } from './identity.js';

/** The caller. Without an identity only `roles` is set. */
export interface Me {
  readonly id: string | null;
  readonly employeeId: string | null;
  readonly displayName: string | null;
  readonly userName: string | null;
  readonly status: 'active' | 'on-leave' | 'inactive' | null;
  readonly department: string | null;
  readonly jobTitle: string | null;
  readonly manager: NamedPerson | null;
  readonly roles: readonly Role[];
}

export class GetMe extends Query<Me> {
  constructor(readonly caller: Caller) {
    super();
  }
}

@QueryHandler(GetMe)
export class GetMeHandler implements IQueryHandler<GetMe> {
  constructor(
    private readonly db: Database,
    private readonly identities: Identities,
    private readonly names: Names,
  ) {}

  async execute({ caller: { identity, roles } }: GetMe): Promise<Me> {
    const [row] = await this.identities.loadRows(
      await this.db.query<StoredState & Record<string, unknown>>(
        `select id, version, fold, state from identity where id = $1::uuid`,
        [identity],
      ),
    );
    const known = row === undefined || row.state.status === 'absent' ? null : row.state;
    const managerId = known?.managerId ?? null;
    const name = await this.names.of([managerId]);
    return { id: identity, ...aboutMe(known), manager: managerId === null ? null : name(managerId), roles };
  }
}

function aboutMe(state: KnownIdentity | null): Omit<Me, 'id' | 'manager' | 'roles'> {
  if (state === null) {
    return { employeeId: null, displayName: null, userName: null, status: null, department: null, jobTitle: null };
  }
  const { employeeId = null, department = null, jobTitle = null } = attributesOf(state) ?? {};
  const { displayName = null, userName = null } = state.person ?? {};
  return { employeeId, displayName, userName, status: state.status, department, jobTitle };
}
