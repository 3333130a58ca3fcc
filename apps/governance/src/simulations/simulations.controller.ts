import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Roles } from '#libs/auth/roles.decorator.js';
import { csvAnswer } from '#libs/service-kit/http/csv-answer.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers, AnswersFile, AnswersNothing } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { simulatedPersonAnswer, simulationAnswer } from './simulations.answers.js';
import { SimulationDto } from './simulations.dto.js';
import {
  DownloadSimulatedChanges,
  GetSimulation,
  ListSimulatedChanges,
  type SimulatedPersonView,
  type SimulationView,
} from './simulations.query.js';
import { DiscardSimulation, StartSimulation } from './start-simulation.command.js';

/** What-if: who would gain and lose what. Nothing of it is done, recorded or published. */
@ApiTags('simulations')
@ApiBearerAuth()
@Controller('v1/simulations')
export class SimulationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @Answers(202, simulationAnswer, { headers: ['Location'] })
  @Roles('policy-admin')
  @ApiOperation({
    summary:
      'Simulate changed packages, birthright rules, separation rules and HR facts, all together, on the state of today',
    description:
      'Who would gain and lose what if they held. Documents are as their PUT takes them, with an id. It runs in the background and leaves nothing behind but its result, ' +
      'which is kept for one day or until DELETE. What people ask for and time brings is not part of it.',
  })
  async start(
    @Body() proposed: SimulationDto,
    @NewId() id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SimulationView> {
    await this.commands.execute(new StartSimulation(id, proposed));
    response.location(`/governance/v1/simulations/${id}`);
    return await this.queries.execute(new GetSimulation(id));
  }

  @Get(':id')
  @Answers(200, simulationAnswer)
  @Roles('policy-admin', 'auditor')
  @ApiOperation({
    summary: 'A simulation: its progress, and what it found so far',
    description:
      'checked of total people were looked at (total is null until it is known); touched would gain or lose something, gains and loses count people. ' +
      'entitlements counts by entitlement, at most 500; sample names at most 20 people.',
  })
  get(@Param('id') id: string): Promise<SimulationView> {
    return this.queries.execute(new GetSimulation(uuidOf('simulation', id)));
  }

  @Get(':id/changes')
  @Answers(200, page(simulatedPersonAnswer))
  @Roles('policy-admin', 'auditor')
  @ApiOperation({
    summary: 'Everybody who would gain or lose something',
    description: 'Filter by id, application (in which something changes), change (gains, loses).',
  })
  changes(@Param('id') id: string, @Query() { limit, cursor, filter }: PageQuery): Promise<Page<SimulatedPersonView>> {
    return this.queries.execute(new ListSimulatedChanges(uuidOf('simulation', id), { limit, cursor, filter }));
  }

  @Get(':id/changes.csv')
  @AnswersFile('text/csv')
  @Roles('policy-admin', 'auditor')
  @ApiOperation({ summary: 'The same as a file: one line for each person and entitlement' })
  async download(@Param('id') id: string): Promise<StreamableFile> {
    const lines = await this.queries.execute(new DownloadSimulatedChanges(uuidOf('simulation', id)));
    return await csvAnswer(lines, `simulation-${id}`);
  }

  @Delete(':id')
  @HttpCode(204)
  @AnswersNothing()
  @Roles('policy-admin')
  @ApiOperation({ summary: 'End a simulation and forget what it found' })
  async discard(@Param('id') id: string): Promise<void> {
    await this.commands.execute(new DiscardSimulation(uuidOf('simulation', id)));
  }
}
