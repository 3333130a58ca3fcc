import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { IsInstant, utcOf } from '#libs/service-kit/input/instant.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { assigningRefusals, handConfirmationRefusals } from './access.errors.js';
import { ConfirmByHand } from './confirm-by-hand.command.js';
import { administratorsId } from '../policy/policy.exports.js';
import { Assign } from './assign.command.js';
import { AssignDto } from './assign.dto.js';
import { assignmentAnswer } from './assignments.answers.js';
import { deliveriesAnswer } from './deliveries.answers.js';
import { GetDeliveries, type DeliveriesView } from './deliveries.query.js';
import type { AssignmentView } from './assignment-view.js';
import { GetAssignment, ListAssignments } from './assignments.query.js';
import { RevokeAssignment } from './revoke-assignment.command.js';

export class RevokeAssignmentDto {
  @ApiProperty({ example: 'The project is over' })
  @IsFilledText(2000)
  readonly reason!: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description:
      'Of an assignment that a rule gave: no rule gives it again before this instant. Default: 90 days from now',
  })
  @IsOptional()
  @IsInstant()
  readonly until?: string | null;
}

export class ConfirmDeliveryDto {
  @ApiProperty({ example: 'wiki', description: 'The application in which it has been done' })
  @Matches(administratorsId, { message: 'must be the id of an application' })
  readonly application!: string;
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
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary:
      'Who holds which package, from when to when, and why. Others than administrators see their own, and the holders of packages they own',
    description:
      'grace says why and when an assignment ends that has lost its grounds: `manager` decides means that the manager of its holder may keep, shorten or drop it. ' +
      'The field removal of an ended assignment says whether its entitlements are gone: pending, done (a reading showed it, or nothing had to be removed), not-verifiable (nothing is left to do, but no reading showed it), failed. ' +
      'Filter by id, packageId, identityId, status, delivery, removal, since, until, code, grace.code, grace.decides, cause.type, cause.request, cause.rule; of what was found (cause.type as-found), cause.connector, cause.sinceUnknown, cause.certifyBy, cause.overdueSince (pr: nobody has answered in time), cause.certifiedBy.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<AssignmentView>> {
    return this.queries.execute(new ListAssignments({ limit, cursor, filter }, caller));
  }

  @Get(':id')
  @Answers(200, assignmentAnswer)
  @ApiOperation({ summary: 'One assignment, active or ended' })
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  get(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<AssignmentView> {
    return this.queries.execute(new GetAssignment(uuidOf('assignment', id), caller));
  }

  @Get(':id/deliveries')
  @Answers(200, deliveriesAnswer)
  @ApiOperation({
    summary: 'How far one assignment is in each application, with its words where it refused, and how it came so far',
    description: 'Also for who asked for it. what says whether the application gives it or takes it away.',
  })
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  deliveries(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<DeliveriesView> {
    return this.queries.execute(new GetDeliveries(uuidOf('assignment', id), caller));
  }

  @Post()
  @Answers(201, assignmentAnswer, { headers: ['Location'] })
  @Refuses(assigningRefusals)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'Give access without a request: assign it to somebody, activate it, or take it in an emergency',
    description:
      'Eligibility, separation of duties and the time that the package allows hold as for a request. Nobody assigns access to themselves.',
  })
  async assign(
    @Body() { packageId, type, identityId, startsAt, endsAt, reason }: AssignDto,
    @CurrentCaller() caller: Caller,
    @NewId() id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AssignmentView> {
    const wanted = {
      type: type ?? 'direct',
      packageId,
      identityId: identityId?.toLowerCase() ?? null,
      startsAt: startsAt == null ? null : utcOf(startsAt),
      endsAt: endsAt == null ? null : utcOf(endsAt),
      reason,
    } as const;
    await this.commands.execute(new Assign(id, wanted, caller));
    response.location(`/governance/v1/assignments/${id}`);
    return await this.queries.execute(new GetAssignment(id, caller));
  }

  @Post(':id/confirm')
  @Answers(200, assignmentAnswer)
  @Refuses(handConfirmationRefusals)
  @HttpCode(200)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'Say that an application which the hub does not provision has given it, or has taken it back',
    description:
      'An owner of the application or a policy administrator; never the holder. Until then its delivery is manual.',
  })
  async confirm(
    @Param('id') id: string,
    @Body() { application }: ConfirmDeliveryDto,
    @CurrentCaller() caller: Caller,
  ): Promise<AssignmentView> {
    const assignmentId = uuidOf('assignment', id);
    await this.commands.execute(new ConfirmByHand(assignmentId, application, caller));
    return await this.queries.execute(new GetAssignment(assignmentId, caller));
  }

  @Post(':id/revoke')
  @Answers(200, assignmentAnswer)
  @Refuses({ 409: ['assignment.not_active'] })
  @HttpCode(200)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'Revoke an assignment. Owners revoke those of their packages, holders give up their own',
    description:
      'Where a rule gave it, no rule gives the package to this person again before `until`: GET /governance/v1/birthright-exclusions lists that.',
  })
  async revoke(
    @Param('id') id: string,
    @Body() { reason, until }: RevokeAssignmentDto,
    @CurrentCaller() caller: Caller,
  ): Promise<AssignmentView> {
    const assignmentId = uuidOf('assignment', id);
    await this.commands.execute(
      new RevokeAssignment(assignmentId, reason, until == null ? null : utcOf(until), caller),
    );
    return await this.queries.execute(new GetAssignment(assignmentId, caller));
  }
}
