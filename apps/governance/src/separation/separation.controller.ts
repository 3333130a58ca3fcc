import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { EndException, GrantException } from './exception.command.js';
import type { ExceptionView, FindingView } from './separation-views.js';
import { exceptionAnswer, findingAnswer } from './separation.answers.js';
import { ExceptionDto } from './separation.dto.js';
import { endingRefusals, grantingRefusals } from './separation.errors.js';
import { GetSeparation, ListSeparation } from './separation.query.js';

/** Exceptions from rules of separation of duties, and what violates these rules. */
@ApiTags('separation of duties')
@ApiBearerAuth()
@Controller('v1')
export class SeparationController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('separation-rules/:id/exceptions')
  @Answers(201, exceptionAnswer, { headers: ['Location'] })
  @Refuses(grantingRefusals)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'Let somebody have what a rule separates, until an end',
    description:
      'An owner of the rule may: never for themselves or somebody they report to, and never who approves what the person has or asks for of it. ' +
      'At its end the access that began last goes. The rule of a package (incompatibleWith) has the id package:<id of the package>.',
  })
  async grant(
    @Param('id') rule: string,
    @Body() { identityId, mitigation, endsAt }: ExceptionDto,
    @CurrentCaller() caller: Caller,
    @NewId() id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExceptionView> {
    const terms = {
      rule,
      identityId: identityId.toLowerCase(),
      mitigation,
      endsAt: new Date(endsAt).toISOString(),
    };
    await this.commands.execute(new GrantException(id, terms, caller));
    response.location(`/governance/v1/separation-exceptions/${id}`);
    return await this.queries.execute(new GetSeparation('separation_exception', id, caller));
  }

  @Post('separation-exceptions/:id/end')
  @Answers(200, exceptionAnswer)
  @Refuses(endingRefusals)
  @HttpCode(200)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({ summary: 'End an exception before its time. The access that began last goes' })
  async end(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<ExceptionView> {
    const exceptionId = uuidOf('exception', id);
    await this.commands.execute(new EndException(exceptionId, caller));
    return await this.queries.execute(new GetSeparation('separation_exception', exceptionId, caller));
  }

  @Get('separation-exceptions')
  @Answers(200, page(exceptionAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: "Exceptions from rules of separation of duties: the caller's, and those of the caller's rules",
    description: 'Policy administrators and auditors see all. Filter by id, ruleId, identityId, status, endsAt, code.',
  })
  listExceptions(@Query() query: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<ExceptionView>> {
    const { limit, cursor, filter } = query;
    return this.queries.execute(new ListSeparation('separation_exception', { limit, cursor, filter }, caller));
  }

  @Get('separation-exceptions/:id')
  @Answers(200, exceptionAnswer)
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({ summary: 'One exception' })
  getException(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<ExceptionView> {
    return this.queries.execute(new GetSeparation('separation_exception', uuidOf('exception', id), caller));
  }

  @Get('separation-findings')
  @Answers(200, page(findingAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: "What violates rules of separation of duties: the caller's rules, and the caller",
    description:
      'A finding is open until it is solved, which is found when access changes, or excepted. Policy administrators and auditors see all. ' +
      'Filter by id, ruleId, identityId, status, packages, foundAt, dueAt.',
  })
  listFindings(@Query() query: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<FindingView>> {
    const { limit, cursor, filter } = query;
    return this.queries.execute(new ListSeparation('separation_finding', { limit, cursor, filter }, caller));
  }

  @Get('separation-findings/:id')
  @Answers(200, findingAnswer)
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({ summary: 'One finding' })
  getFinding(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<FindingView> {
    return this.queries.execute(new GetSeparation('separation_finding', uuidOf('finding', id), caller));
  }
}
