import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { reviewRefusals } from './access.errors.js';
import { ReviewEmergencyDto } from './assign.dto.js';
import { emergencyAnswer } from './emergencies.answers.js';
import { ListEmergencies, type EmergencyView } from './emergencies.query.js';
import { ReviewEmergency } from './review-emergency.command.js';

/** Access that was taken in an emergency, and what was said of it after. */
@ApiTags('assignments')
@ApiBearerAuth()
@Controller('v1/emergencies')
export class EmergenciesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Answers(200, page(emergencyAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: "Access taken in emergencies: of the caller's packages, and the caller's own",
    description:
      'Policy administrators and auditors see all. outcome is null until it is reviewed. Filter by assignmentId, packageId, identityId, takenAt, outcome (`not (outcome pr)` finds what waits).',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<EmergencyView>> {
    return this.queries.execute(new ListEmergencies({ limit, cursor, filter }, caller));
  }

  @Post(':assignmentId/review')
  @Answers(200, emergencyAnswer)
  @Refuses(reviewRefusals)
  @HttpCode(200)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({ summary: 'Say whether it was an emergency. Somebody else than who took it: an owner of the package' })
  async review(
    @Param('assignmentId') id: string,
    @Body() { outcome, comment }: ReviewEmergencyDto,
    @CurrentCaller() caller: Caller,
  ): Promise<EmergencyView> {
    const assignmentId = uuidOf('emergency', id);
    await this.commands.execute(new ReviewEmergency(assignmentId, { outcome, comment }, caller));
    const part = { limit: 1, cursor: undefined, filter: `assignmentId eq "${assignmentId}"` };
    const { items } = await this.queries.execute(new ListEmergencies(part, caller));
    const [reviewed] = items;
    if (reviewed === undefined) throw new NotFound('emergency', assignmentId);
    return reviewed;
  }
}
