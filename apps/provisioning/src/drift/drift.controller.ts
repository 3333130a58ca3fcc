import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { ConnectorIdParam, ConnectorRows } from '../connectors/connectors.exports.js';
import { DecideDrift } from './decide-drift.command.js';
import { driftAnswer } from './drift.answers.js';
import { DriftDecisionDto, DriftParam } from './drift.dto.js';
import { DriftRows, type DriftView } from './drift.query.js';

/** Differences between what the hub wrote and what the application shows. */
@ApiTags('readings')
@ApiBearerAuth()
@Controller('v1/connectors')
export class DriftController {
  constructor(
    private readonly commands: CommandBus,
    private readonly connectors: ConnectorRows,
    private readonly rows: DriftRows,
  ) {}

  @Get(':id/drift')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'What readings showed otherwise than the hub wrote it, newest first',
    description:
      'class: changed-outside (somebody changed it), lost-write (no reading has shown what was written), normalised (the same value in another form), schema-default (the application fills it in). ' +
      'code: inactive, reactivated, account-missing, attribute-changed, membership-missing, membership-added. policy is what the connector says in reconcile. ' +
      'Filter by id, identity, application, account, code, target, class, policy, state, foundAt, closedAt.',
  })
  @Answers(200, page(driftAnswer))
  async list(@Param() { id }: ConnectorIdParam, @Query() query: PageQuery): Promise<Page<DriftView>> {
    if ((await this.connectors.view(id)) === null) throw new NotFound('connector', id);
    return await this.rows.page(id, query);
  }

  @Post(':id/drift/:drift/decision')
  @HttpCode(200)
  @Roles('connector-admin', 'requester', 'approver')
  @ApiOperation({
    summary: 'Say what becomes of a difference, by an owner of the application or a connector-admin',
    description: 'The audit log keeps who decided and why.',
  })
  @Answers(200, driftAnswer)
  @Refuses({ 403: ['connector.not_owner'], 409: ['drift.not_open'] })
  async decide(
    @Param() { id, drift }: DriftParam,
    @Body() { decision, reason }: DriftDecisionDto,
    @CurrentCaller() caller: Caller,
  ): Promise<DriftView> {
    await this.commands.execute(new DecideDrift(id, drift, { decision, reason }, caller, causationOf(caller)));
    const view = await this.rows.view(id, drift);
    if (view === null) throw new NotFound('difference', drift);
    return view;
  }
}
