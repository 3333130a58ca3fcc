import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { assignmentAnswer } from './assignments.answers.js';
import type { AssignmentView } from './assignment-view.js';
import { GetAssignment } from './assignments.query.js';
import { CertifyAssignment } from './certify-assignment.command.js';

export class CertifyDto {
  @ApiProperty({ example: 'She has edited the handbook since 2019' })
  @IsFilledText(2000)
  readonly reason!: string;
}

/** Access that was found in an application. */
@ApiTags('assignments')
@ApiBearerAuth()
@Controller('v1/assignments')
export class AsFoundController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post(':id/certify')
  @Answers(200, assignmentAnswer)
  @Refuses({
    403: ['assignment.own_certification'],
    409: ['assignment.not_active', 'assignment.not_as_found', 'assignment.certified'],
  })
  @HttpCode(200)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'Say that access which was found in an application stays: the caller is its approver from then on',
    description:
      'An owner of the application or a policy administrator; never the holder. POST …/revoke takes it away instead, also in the application. GET /governance/v1/assignments?filter=cause.type eq "as-found" and not (cause.certifiedBy pr) lists what waits. For many at once: POST /governance/v1/bulk-changes with action certify or revoke, or a review.',
  })
  async certify(
    @Param('id') id: string,
    @Body() { reason }: CertifyDto,
    @CurrentCaller() caller: Caller,
  ): Promise<AssignmentView> {
    const assignmentId = uuidOf('assignment', id);
    await this.commands.execute(new CertifyAssignment(assignmentId, reason, caller));
    return await this.queries.execute(new GetAssignment(assignmentId, caller));
  }
}
