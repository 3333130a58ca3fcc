import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { Clock } from '#libs/system/clock.js';
import { NotFound } from '#libs/problems/problem.js';
import { People } from '../people/people.exports.js';
import type { Titled } from '../policy/policy.exports.js';
import { LeaversRequests, openRequestOf } from '../requests/requests.exports.js';
import { scheduleOf, type ScheduledStep } from './schedule.js';

export type ScheduledStepView = ScheduledStep & { readonly package: Titled | null };

/** What will happen to a person's access, dated, and why. People see their own. */
export class GetSchedule extends Query<{ readonly items: readonly ScheduledStepView[]; readonly nextCursor: null }> {
  constructor(
    readonly identityId: string,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(GetSchedule)
export class GetScheduleHandler implements IQueryHandler<GetSchedule> {
  constructor(
    private readonly people: People,
    private readonly requests: LeaversRequests,
    private readonly clock: Clock,
  ) {}

  async execute({ identityId, caller }: GetSchedule): Promise<{ items: ScheduledStepView[]; nextCursor: null }> {
    const own = caller.identity === identityId;
    const seesAll = caller.roles.some((role) => ['policy-admin', 'auditor', 'security'].includes(role));
    const [{ batch, catalog }, open] = await Promise.all([
      this.people.today({ ids: [identityId] }),
      this.requests.openFor([identityId]),
    ]);
    const { identity, access } = batch.get(identityId);
    if ((!own && !seesAll) || identity.state.status === 'absent') throw new NotFound('identity', identityId);
    const requests = (open.get(identityId) ?? []).flatMap(({ state }) => openRequestOf(state));
    const items = scheduleOf(access.state, requests, this.clock.now());
    return {
      items: items.map((step) => ({
        ...step,
        package: step.packageId === null ? null : catalog.titleOf('access-package', step.packageId),
      })),
      nextCursor: null,
    };
  }
}
