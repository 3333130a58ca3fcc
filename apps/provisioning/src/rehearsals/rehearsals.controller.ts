import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { ConnectorIdParam, ConnectorRows } from '../connectors/connectors.exports.js';
import { AskRehearsal } from './ask-rehearsal.command.js';
import { rehearsalAnswer } from './rehearsals.answers.js';
import { RehearsalParam, RehearsalsQuery, RehearseDto } from './rehearsals.dto.js';
import { RehearsalRows, type RehearsalView } from './rehearsals.store.js';

/** Rehearsals of a connector with a marked test identity, before people are touched. */
@ApiTags('connectors')
@ApiBearerAuth()
@Controller('v1/connectors')
export class RehearsalsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly connectors: ConnectorRows,
    private readonly rehearsals: RehearsalRows,
  ) {}

  @Post(':id/rehearse')
  @HttpCode(202)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Take a marked test account through create, update, group, role, disable, enable and delete',
    description:
      'Each step is read back. Also for a connector that only observes: nothing but the test account is changed, and it is removed at the end. It is in no report, limit of removals or count of accounts. Name a group and a role that are there already; without them these steps are skipped. leftOver says what of it may still be there. A rehearsal that is under way answers for a further one.',
  })
  @Answers(202, rehearsalAnswer, { headers: ['Location'] })
  @Refuses({ 404: ['connector.not_defined'], 409: ['connector.paused', 'connector.not_rehearsed'] })
  async ask(
    @Param() { id }: ConnectorIdParam,
    @Body() { group, role, attributes }: RehearseDto,
    @CurrentCaller() caller: Caller,
    @NewId() newId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RehearsalView> {
    const terms = { group: group ?? null, role: role ?? null, attributes: attributes ?? {} };
    const rehearsal = await this.commands.execute(new AskRehearsal(id, newId, terms, causationOf(caller)));
    response.location(`/provisioning/v1/connectors/${id}/rehearsals/${rehearsal.id}`);
    return rehearsal;
  }

  @Get(':id/rehearsals/:rehearsal')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({ summary: 'How far a rehearsal is, and what each step showed' })
  @Answers(200, rehearsalAnswer)
  async get(@Param() { id, rehearsal }: RehearsalParam): Promise<RehearsalView> {
    const found = await this.rehearsals.get(id, rehearsal);
    if (found === null) throw new NotFound('rehearsal', rehearsal);
    return found;
  }

  @Get(':id/rehearsals')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({ summary: 'Rehearsals of a connector, newest first' })
  @Answers(200, page(rehearsalAnswer))
  async list(@Param() { id }: ConnectorIdParam, @Query() query: RehearsalsQuery): Promise<Page<RehearsalView>> {
    if ((await this.connectors.view(id)) === null) throw new NotFound('connector', id);
    return await this.rehearsals.page(id, query);
  }
}
