import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { isUuid } from '#libs/event-store/ids.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { CancelHold, ReleaseHold } from './decide-hold.command.js';
import { DecisionInput } from './hold.dto.js';
import { holdAnswer } from './holds.answers.js';
import { GetHold, ListHolds, type HoldView } from './read-holds.query.js';

@ApiTags('holds')
@ApiBearerAuth()
@Controller('v1/holds')
export class HoldsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Roles('hr-operator', 'auditor')
  @ApiOperation({
    summary: 'HR statements that wait for an hr-operator, newest first. A held leaver keeps the access',
    description: 'Filter by id, kind, status, worker, import, line, heldAt, deadline, for example `status eq "held"`.',
  })
  @Answers(200, page(holdAnswer))
  async list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<HoldView>> {
    return await this.queries.execute(new ListHolds(limit, cursor, filter));
  }

  @Get(':id')
  @Roles('hr-operator', 'auditor')
  @ApiOperation({ summary: 'One statement that is or was held' })
  @Answers(200, holdAnswer)
  async get(@Param('id') id: string): Promise<HoldView> {
    const found = isUuid(id) ? await this.queries.execute(new GetHold(id)) : null;
    if (found === null) throw new NotFound('held statement', id);
    return found;
  }

  @Post(':id/release')
  @HttpCode(200)
  @Roles('hr-operator')
  @ApiOperation({ summary: 'Apply the statement: it is correct and about the person with that number' })
  @Answers(200, holdAnswer)
  @Refuses({
    409: ['hold.not_open', 'hold.outdated', 'worker.key_taken', 'worker.other_person', 'worker.person_differs'],
  })
  async release(
    @Param('id') id: string,
    @Body() { reason }: DecisionInput,
    @CurrentCaller() caller: Caller,
  ): Promise<HoldView> {
    const { id: known } = await this.get(id);
    await this.commands.execute(new ReleaseHold(known, reason, caller));
    return await this.get(known);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Roles('hr-operator')
  @ApiOperation({ summary: 'Cancel the statement: it is never applied' })
  @Answers(200, holdAnswer)
  @Refuses({ 409: ['hold.not_open'] })
  async cancel(
    @Param('id') id: string,
    @Body() { reason }: DecisionInput,
    @CurrentCaller() caller: Caller,
  ): Promise<HoldView> {
    const { id: known } = await this.get(id);
    await this.commands.execute(new CancelHold(known, reason, caller));
    return await this.get(known);
  }
}
