import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { cancellationRefusals, decisionRefusals, submissionRefusals } from './access-request.errors.js';
import { CancelRequest } from './cancel-request.command.js';
import { DecideOnRequest } from './decide-on-request.command.js';
import { requestAnswer } from './requests.answers.js';
import { ReassignRequest } from './reassign-request.command.js';
import { requestablePackageAnswer } from './requestable-packages.answers.js';
import { ListRequestablePackages, type RequestablePackage } from './requestable-packages.query.js';
import { ExtendAssignment } from './extend-assignment.command.js';
import {
  DecisionDto,
  ExtendAssignmentDto,
  ReassignRequestDto,
  RequestableQuery,
  SubmitRequestDto,
} from './requests.dto.js';
import { GetRequest, ListApprovals, ListRequests } from './requests.query.js';
import type { RequestView } from './request-view.js';
import { SubmitRequest } from './submit-request.command.js';

@ApiTags('requests')
@ApiBearerAuth()
@Controller('v1')
export class RequestsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('requestable-packages')
  @Answers(200, page(requestablePackageAnswer))
  @Refuses({ 403: ['request.caller_without_identity'] })
  @Roles('requester')
  @ApiOperation({
    summary: 'Packages that the caller may request, who would approve, and why others cannot be requested',
    description: 'Every published package, each checked as a request made now would be.',
  })
  requestable(
    @Query() { limit, cursor, beneficiaryId }: RequestableQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<RequestablePackage>> {
    const beneficiary = beneficiaryId?.toLowerCase() ?? null;
    return this.queries.execute(new ListRequestablePackages({ limit, cursor }, beneficiary, caller));
  }

  @Post('requests')
  @Answers(201, requestAnswer, { headers: ['Location'] })
  @Refuses(submissionRefusals)
  @Roles('requester')
  @ApiOperation({ summary: 'Request an access package' })
  async submit(
    @Body() { packageId, beneficiaryId, justification, startsAt, endsAt }: SubmitRequestDto,
    @CurrentCaller() caller: Caller,
    @NewId() newId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RequestView> {
    const submission = {
      packageId,
      beneficiaryId: beneficiaryId?.toLowerCase() ?? null,
      justification: justification ?? null,
      startsAt: instantOf(startsAt),
      endsAt: instantOf(endsAt),
      extends: null,
    };
    const id = await this.commands.execute(new SubmitRequest(submission, caller, newId));
    response.location(`/governance/v1/requests/${id}`);
    return await this.queries.execute(new GetRequest(id, caller));
  }

  @Post('assignments/:id/extend')
  @Answers(201, requestAnswer, { headers: ['Location'] })
  @Refuses({ ...submissionRefusals, 409: [...submissionRefusals[409], 'assignment.not_active'] })
  @Roles('requester')
  @ApiOperation({
    summary: 'Ask for a later end of an assignment',
    description: 'A request as any other, with the approval of the package. Approved, the assignment ends later.',
  })
  async extend(
    @Param('id') id: string,
    @Body() { endsAt, justification }: ExtendAssignmentDto,
    @CurrentCaller() caller: Caller,
    @NewId() newId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RequestView> {
    const extension = { endsAt: utcOf(endsAt), justification: justification ?? null };
    const asked = new ExtendAssignment(uuidOf('assignment', id), extension, caller, newId);
    const request = await this.commands.execute(asked);
    response.location(`/governance/v1/requests/${request}`);
    return await this.queries.execute(new GetRequest(request, caller));
  }

  @Get('requests')
  @Answers(200, page(requestAnswer))
  @Roles('requester', 'policy-admin')
  @ApiOperation({
    summary: "The caller's own requests; a policy administrator sees all",
    description:
      'Filter by id, status, packageId, requesterId, beneficiaryId, requestedAt, dueAt, decidable, delivery, removal. `decidable eq false` finds what nobody can decide.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<RequestView>> {
    return this.queries.execute(new ListRequests({ limit, cursor, filter }, caller));
  }

  @Get('requests/:id')
  @Answers(200, requestAnswer)
  @ApiOperation({ summary: 'One request, for its requester, beneficiary, approvers and policy administrators' })
  @Roles('requester', 'approver', 'policy-admin')
  get(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<RequestView> {
    return this.queries.execute(new GetRequest(uuidOf('access request', id), caller));
  }

  @Post('requests/:id/decisions')
  @Answers(200, requestAnswer)
  @Refuses(decisionRefusals)
  @HttpCode(200)
  @Roles('approver')
  @ApiOperation({ summary: 'Approve or deny, as an approver of the open stage' })
  async decide(
    @Param('id') id: string,
    @Body() { decision, comment, endsAt }: DecisionDto,
    @CurrentCaller() caller: Caller,
  ): Promise<RequestView> {
    const requestId = uuidOf('access request', id);
    await this.commands.execute(
      new DecideOnRequest(requestId, { decision, comment: comment ?? null, endsAt: instantOf(endsAt) }, caller),
    );
    return await this.queries.execute(new GetRequest(requestId, caller));
  }

  @Post('requests/:id/cancel')
  @Answers(200, requestAnswer)
  @Refuses(cancellationRefusals)
  @HttpCode(200)
  @Roles('requester', 'policy-admin')
  @ApiOperation({ summary: 'Withdraw an open request; a policy administrator can cancel any request' })
  async cancel(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<RequestView> {
    const requestId = uuidOf('access request', id);
    await this.commands.execute(new CancelRequest(requestId, caller));
    return await this.queries.execute(new GetRequest(requestId, caller));
  }

  @Post('requests/:id/reassign')
  @Answers(200, requestAnswer)
  @Refuses({ 409: ['request.not_pending'] })
  @HttpCode(200)
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Name other approvers for the open stage of a request',
    description:
      'They replace the former approvers. The timeout of the stage starts again. Approvals given so far stay.',
  })
  async reassign(
    @Param('id') id: string,
    @Body() { approvers, reason }: ReassignRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<RequestView> {
    const requestId = uuidOf('access request', id);
    const approverIds = [...new Set(approvers.map((one) => one.toLowerCase()))];
    await this.commands.execute(new ReassignRequest(requestId, { approverIds, reason }, caller));
    return await this.queries.execute(new GetRequest(requestId, caller));
  }

  @Get('approvals')
  @Answers(200, page(requestAnswer))
  @Roles('approver')
  @ApiOperation({ summary: 'Requests that wait for the caller’s decision, earliest due first' })
  approvals(
    @Query() { limit, cursor, filter }: PageQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<RequestView>> {
    return this.queries.execute(new ListApprovals({ limit, cursor, filter }, caller));
  }
}

const instantOf = (text: string | null | undefined): string | null => (text == null ? null : utcOf(text));
