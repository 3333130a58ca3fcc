import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { successionAnswer } from './successions.answers.js';
import { TransferDto } from './successions.dto.js';
import { GetSuccession, ListSuccessions, type SuccessionView } from './successions.query.js';
import { Transfer } from './transfer.command.js';

@ApiTags('successions')
@ApiBearerAuth()
@Controller('v1/successions')
export class SuccessionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Answers(200, page(successionAnswer))
  @Roles('policy-admin', 'auditor')
  @ApiOperation({
    summary: 'What leavers were responsible for, and who has it now; by leaver',
    description:
      'A leaver who owns applications, packages or separation rules, approves packages by name, or sponsors contractors is listed with all of it. What they owned and approved goes to the first of SUCCESSION_ORDER who is here, whom they sponsored to their manager. ' +
      'open: nobody is. reports and sponsored count the people for whom HR has to name another manager or sponsor. Filter by leaverId, successorId, status, openedAt.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<SuccessionView>> {
    return this.queries.execute(new ListSuccessions({ limit, cursor, filter }));
  }

  @Get(':id')
  @Answers(200, successionAnswer)
  @Roles('policy-admin', 'auditor')
  @ApiOperation({ summary: 'The succession of one leaver, by the id of their identity' })
  get(@Param('id') id: string): Promise<SuccessionView> {
    return this.queries.execute(new GetSuccession(uuidOf('succession', id)));
  }

  @Post(':id/transfer')
  @Answers(200, successionAnswer)
  @HttpCode(200)
  @Roles('policy-admin')
  @ApiOperation({ summary: 'Give everything that still names the leaver to a person' })
  async transfer(
    @Param('id') id: string,
    @Body() { successorId }: TransferDto,
    @CurrentCaller() caller: Caller,
  ): Promise<SuccessionView> {
    const leaverId = uuidOf('succession', id);
    await this.commands.execute(new Transfer(leaverId, successorId.toLowerCase(), caller));
    return await this.queries.execute(new GetSuccession(leaverId));
  }
}
