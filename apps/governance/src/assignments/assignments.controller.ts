import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { assignmentAnswer } from './assignments.answers.js';
import type { AssignmentView } from './assignment-view.js';
import { GetAssignment, ListAssignments } from './assignments.query.js';
import { RevokeAssignment } from './revoke-assignment.command.js';

export class RevokeAssignmentDto {
  @ApiProperty({ example: 'The project is over' })
  @IsFilledText(2000)
  readonly reason!: string;
}

@ApiTags('assignments')
@ApiBearerAuth()
@Controller('v1/assignments')
export class AssignmentsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Answers(200, page(assignmentAnswer))
  @Roles('policy-admin', 'auditor', 'requester')
  @ApiOperation({
    summary: 'Who holds which package, from when to when, and why. Requesters see their own',
    description:
      'The field removal of an ended assignment says whether its entitlements are gone: pending, done (a reading showed it, or nothing had to be removed), not-verifiable (nothing is left to do, but no reading showed it), failed. ' +
      'Filter by id, packageId, identityId, status, delivery, removal, since, until, code, cause.type, cause.request, cause.rule.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<AssignmentView>> {
    return this.queries.execute(new ListAssignments({ limit, cursor, filter }, caller));
  }

  @Get(':id')
  @Answers(200, assignmentAnswer)
  @ApiOperation({ summary: 'One assignment, active or ended' })
  @Roles('policy-admin', 'auditor', 'requester')
  get(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<AssignmentView> {
    return this.queries.execute(new GetAssignment(uuidOf('assignment', id), caller));
  }

  @Post(':id/revoke')
  @Answers(200, assignmentAnswer)
  @Refuses({ 409: ['assignment.not_active', 'assignment.given_by_rule'] })
  @HttpCode(200)
  @Roles('policy-admin', 'requester')
  @ApiOperation({ summary: 'Revoke an assignment that a request gave. Holders give up their own' })
  async revoke(
    @Param('id') id: string,
    @Body() { reason }: RevokeAssignmentDto,
    @CurrentCaller() caller: Caller,
  ): Promise<AssignmentView> {
    const assignmentId = uuidOf('assignment', id);
    await this.commands.execute(new RevokeAssignment(assignmentId, reason, caller));
    return await this.queries.execute(new GetAssignment(assignmentId, caller));
  }
}
