import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Clock } from '#libs/service-kit/clock.js';
import type { Page } from '#libs/service-kit/page.js';
import { InvalidInput } from '#libs/service-kit/problem.js';
import { accessExample, AccessQueryDto, timelineExample, TimelineQuery } from './access.dto.js';
import { ReadIdentityTimeline, type TimelineItem } from './identity-timeline.query.js';
import { ListAccess, type AccessItem } from './list-access.query.js';

@ApiTags('access')
@ApiBearerAuth()
@Controller('v1')
export class AccessController {
  constructor(
    private readonly queries: QueryBus,
    private readonly clock: Clock,
  ) {}

  @Get('access')
  @Roles('auditor')
  @ApiOperation({ summary: 'Who had access to what at an instant, as was known at another, and why' })
  @ApiOkResponse({ schema: { example: { items: [accessExample], nextCursor: null } } })
  async access(@Query() query: AccessQueryDto): Promise<Page<AccessItem>> {
    const { application = null, identity = null, at, knownAt, basis, includeDisabled, limit, cursor } = query;
    const now = this.clock.now();
    const question = {
      application,
      identity: identity?.toLowerCase() ?? null,
      at: instantOf('/at', at, now),
      knownAt: instantOf('/knownAt', knownAt, now),
      basis,
      includeDisabled,
    };
    return await this.queries.execute(new ListAccess(question, limit, cursor));
  }

  @Get('identities/:id/timeline')
  @Roles('auditor')
  @ApiOperation({ summary: 'All access of one identity over time, as decided and as possible, with its causes' })
  @ApiOkResponse({ schema: { example: { items: [timelineExample], nextCursor: null } } })
  async timeline(
    @Param(
      'id',
      new ParseUUIDPipe({
        exceptionFactory: () => new InvalidInput([{ pointer: '/id', detail: "must be an identity's id (a UUID)" }]),
      }),
    )
    id: string,
    @Query() { knownAt, limit, cursor }: TimelineQuery,
  ): Promise<Page<TimelineItem>> {
    const known = instantOf('/knownAt', knownAt, this.clock.now());
    return await this.queries.execute(new ReadIdentityTimeline(id.toLowerCase(), known, limit, cursor));
  }
}

function instantOf(pointer: string, text: string | undefined, now: string): string {
  const ms = Date.parse(text ?? now);
  if (Number.isNaN(ms))
    throw new InvalidInput([{ pointer, detail: 'is no such day: give an instant such as 2026-03-03T12:00:00Z' }]);
  return new Date(ms).toISOString();
}
