import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Clock } from '#libs/system/clock.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { pastInstant } from '../log/log.exports.js';
import { accessAnswer, timelineAnswer } from './access.answers.js';
import { AccessQueryDto, TimelineQuery } from './access.dto.js';
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
  @ApiOperation({
    summary: 'Who had access to what at one instant, as the log knew it at another instant, and why',
    description: 'A page may be short, or empty, while nextCursor says that there is more.',
  })
  @Answers(200, page(accessAnswer))
  @Refuses({ 404: ['not_found'] })
  async access(@Query() query: AccessQueryDto): Promise<Page<AccessItem>> {
    const { application = null, identity = null, at, knownAt, basis, includeDisabled, limit, cursor } = query;
    const question = {
      application,
      identity: identity?.toLowerCase() ?? null,
      at: at === undefined ? this.clock.now() : pastInstant('/at', at, this.clock.now()),
      knownAt: this.knownAt(knownAt),
      basis,
      includeDisabled,
    };
    return await this.queries.execute(new ListAccess(question, limit, cursor));
  }

  @Get('identities/:id/timeline')
  @Roles('auditor')
  @ApiOperation({
    summary: 'All access of one identity over time, as decided, as possible and as observed, with its causes',
  })
  @Answers(200, page(timelineAnswer))
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
    return await this.queries.execute(new ReadIdentityTimeline(id.toLowerCase(), this.knownAt(knownAt), limit, cursor));
  }

  private knownAt(text: string | undefined): string {
    return text === undefined ? always : pastInstant('/knownAt', text, this.clock.now());
  }
}

/** Later than everything in the log: the time of a new entry may be slightly ahead of the clock. */
const always = '9999-12-31T23:59:59.999Z';
