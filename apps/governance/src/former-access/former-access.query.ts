import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { formerOf, type TakenAssignment } from '../assignments/assignments.exports.js';
import { People } from '../people/people.exports.js';
import type { Titled } from '../policy/policy.exports.js';

/** Access that somebody had before they left, as a request for it again. */
export interface FormerAccess {
  /** That ended. */
  readonly assignmentId: string;
  readonly package: Titled;
  readonly endedAt: string;
  /** The end it had; null: none. */
  readonly until: string | null;
  /** Body of POST /governance/v1/requests; without an end that is past. */
  readonly request: {
    readonly packageId: string;
    readonly beneficiaryId: string;
    readonly justification: string;
    readonly endsAt?: string;
  };
}

/** For the person, their manager, policy administrators and auditors. All of it in one page. */
export class GetFormerAccess extends Query<{ readonly items: readonly FormerAccess[]; readonly nextCursor: null }> {
  constructor(
    readonly identityId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(GetFormerAccess)
export class GetFormerAccessHandler implements IQueryHandler<GetFormerAccess> {
  constructor(
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  async execute({ identityId, caller }: GetFormerAccess): Promise<{ items: FormerAccess[]; nextCursor: null }> {
    const { catalog, batch } = await this.people.today({ ids: [identityId] });
    const { identity, access } = batch.get(identityId);
    const { state } = identity;
    const concerned = state.status === 'absent' ? [] : [identityId, state.managerId];
    const seesAll = caller.roles.some((role) => role === 'policy-admin' || role === 'auditor');
    const isConcerned = caller.identity !== null && concerned.includes(caller.identity);
    if (state.status === 'absent' || (!seesAll && !isConcerned)) throw new NotFound('identity', identityId);
    const at = this.clock.now();
    const offered = state.status === 'inactive' ? [] : formerOf(access.state);
    const items = offered.map((one) => itemOf(one, catalog.titleOf('access-package', one.terms.packageId), at));
    return { items, nextCursor: null };
  }
}

function itemOf({ terms, takenAt }: TakenAssignment, title: Titled, at: string): FormerAccess {
  const { assignmentId, identityId: beneficiaryId, packageId, until } = terms;
  const justification = `I had it until I left on ${takenAt.slice(0, 10)}`;
  const request = { packageId, beneficiaryId, justification };
  return {
    assignmentId,
    package: title,
    endedAt: takenAt,
    until: until ?? null,
    request: until !== undefined && until > at ? { ...request, endsAt: until } : request,
  };
}
