import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { scheduledStepAnswer } from './schedule.answers.js';
import { GetSchedule, type ScheduledStepView } from './schedule.query.js';

@ApiTags('identities')
@ApiBearerAuth()
@Controller('v1/identities/:id/schedule')
export class ScheduleController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, page(scheduledStepAnswer))
  @Roles('requester', 'policy-admin', 'auditor', 'security')
  @ApiOperation({
    summary: "What will happen to a person's access, dated, and why",
    description:
      'Starts and ends of assignments, their notices, the time of open requests, and steps of workflows. Requesters see their own.',
  })
  schedule(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<Page<ScheduledStepView>> {
    return this.queries.execute(new GetSchedule(uuidOf('identity', id), caller));
  }
}
