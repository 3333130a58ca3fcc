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
import { endingRefusals, makingRefusals } from './delegation.errors.js';
import { delegationAnswer } from './delegations.answers.js';
import { DelegationDto } from './delegations.dto.js';
import { GetDelegation, ListDelegations, type DelegationView } from './delegations.query.js';
import { EndDelegation, MakeDelegation } from './make-delegation.command.js';

@ApiTags('delegations')
@ApiBearerAuth()
@Controller('v1/delegations')
export class DelegationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Answers(201, delegationAnswer, { headers: ['Location'] })
  @Refuses(makingRefusals)
  @Roles('approver', 'policy-admin')
  @ApiOperation({
    summary: 'Hand over decisions for a time',
    description:
      'The delegate may decide wherever the delegator is an approver, never on what concerns themselves or a person they report to. A delegation cannot be delegated again.',
  })
  async make(
    @Body() { delegateId, delegatorId, from, until, reason }: DelegationDto,
    @CurrentCaller() caller: Caller,
    @NewId() id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DelegationView> {
    const terms = {
      delegateId: delegateId.toLowerCase(),
      delegatorId: delegatorId?.toLowerCase() ?? null,
      from: from == null ? null : new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      reason,
    };
    await this.commands.execute(new MakeDelegation(id, terms, caller));
    response.location(`/governance/v1/delegations/${id}`);
    return await this.queries.execute(new GetDelegation(id, caller));
  }

  @Get()
  @Answers(200, page(delegationAnswer))
  @Roles('approver', 'policy-admin', 'auditor')
  @ApiOperation({
    summary: "The caller's delegations, given and taken; policy administrators and auditors see all",
    description: 'Filter by id, delegatorId, delegateId, from, until, endedAt.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<DelegationView>> {
    return this.queries.execute(new ListDelegations({ limit, cursor, filter }, caller));
  }

  @Get(':id')
  @Answers(200, delegationAnswer)
  @Roles('approver', 'policy-admin', 'auditor')
  @ApiOperation({ summary: 'One delegation' })
  get(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<DelegationView> {
    return this.queries.execute(new GetDelegation(uuidOf('delegation', id), caller));
  }

  @Post(':id/end')
  @Answers(200, delegationAnswer)
  @Refuses(endingRefusals)
  @HttpCode(200)
  @Roles('approver', 'policy-admin')
  @ApiOperation({ summary: 'End a delegation before its time' })
  async end(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<DelegationView> {
    const delegationId = uuidOf('delegation', id);
    await this.commands.execute(new EndDelegation(delegationId, caller));
    return await this.queries.execute(new GetDelegation(delegationId, caller));
  }
}
