import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '#libs/auth/caller.js';
import { accessEndMs } from '#libs/contracts/access-end.js';
import { Database } from '#libs/event-store/database.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { endOfDay, startOfDay } from '#libs/text/calendar-day.js';
import { Clock } from '#libs/system/clock.js';
import { NotFound } from '#libs/problems/problem.js';
import { attributesOf, type KnownIdentity } from '../identities/identities.exports.js';
import { People } from '../people/people.exports.js';
import type { Titled } from '../policy/policy.exports.js';
import { LeaversRequests, openRequestOf } from '../requests/requests.exports.js';
import { type OpenReview, type PersonDates, scheduleOf, type ScheduledStep } from './schedule.js';

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
    private readonly db: Database,
    private readonly settings: ServiceSettings,
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
    const dates = datesOf(identity.state, this.settings.HUB_TIME_ZONE);
    const reviews = await this.reviewsOf(identityId);
    const items = scheduleOf(access.state, { requests, dates, reviews }, this.clock.now());
    return {
      items: items.map((step) => ({
        ...step,
        package: step.packageId === null ? null : catalog.titleOf('access-package', step.packageId),
      })),
      nextCursor: null,
    };
  }

  private async reviewsOf(identityId: string): Promise<OpenReview[]> {
    const rows = await this.db.query<Omit<OpenReview, 'dueAt'> & { readonly due_at: Date } & Record<string, unknown>>(
      `select r.due_at, i.package_id as "packageId", i.assignment_id as "assignmentId", i.state ->> 'onNoResponse' as "onNoResponse"
       from review_item i join review r on r.id = i.review_id
       where i.identity_id = $1::uuid and i.status = 'open' and r.status = 'open'`,
      [identityId],
    );
    return rows.map(({ due_at, packageId, assignmentId, onNoResponse }) => {
      const dueAt = due_at.toISOString();
      return { dueAt, packageId, assignmentId, onNoResponse };
    });
  }
}

/** What HR has stated for days to come; calendar days are those of the person's zone. */
function datesOf(state: KnownIdentity, usualZone: string): PersonDates {
  const attributes = attributesOf(state);
  if (attributes === null) return {};
  const zone = attributes.timeZone ?? usualZone;
  const { hireDate, leaveFrom, leaveUntil } = attributes;
  const instant = (ms: number): string => new Date(ms).toISOString();
  const end = accessEndMs(attributes, zone);
  const here = state.status !== 'inactive';
  return {
    ...(here ? {} : { 'person-starts': instant(startOfDay(hireDate, zone)) }),
    ...(end < latestMs ? { 'person-leaves': instant(end) } : {}),
    ...(here && leaveFrom !== undefined ? { 'leave-begins': instant(startOfDay(leaveFrom, zone)) } : {}),
    ...(here && leaveUntil !== undefined ? { 'leave-ends': instant(endOfDay(leaveUntil, zone)) } : {}),
  };
}

/** Later ends are none. */
const latestMs = Date.UTC(9000, 0, 1);
