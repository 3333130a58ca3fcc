import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { ConnectorIdParam, ConnectorRows } from '../connectors/connectors.exports.js';
import { AskReading } from './ask-reading.command.js';
import { AskReadingDto, ReadingParam } from './reading.dto.js';
import { readingAnswer } from './readings.answers.js';
import { Readings, type ReadingView } from './readings.store.js';

/** Readings of what an application has: all accounts, and who holds which groups and roles. */
@ApiTags('readings')
@ApiBearerAuth()
@Controller('v1/connectors')
export class ReadingsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly connectors: ConnectorRows,
    private readonly readings: Readings,
  ) {}

  @Post(':id/reconcile')
  @HttpCode(202)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Read the application: all accounts, and who holds which groups and roles',
    description:
      'The answer has the reading; GET it for how far it is. It only reads. A reading that did not show everything, lost a fifth of the accounts, or does not show an account that is there, is held: nothing counts as gone. One that is under way answers for a further one.',
  })
  @Answers(202, readingAnswer, { headers: ['Location'] })
  @Refuses({ 404: ['connector.not_defined'], 409: ['connector.paused'] })
  async reconcile(
    @Param() { id }: ConnectorIdParam,
    @Body() { confirm }: AskReadingDto,
    @NewId() newId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReadingView> {
    const reading = await this.commands.execute(new AskReading(id, newId, confirm ?? null));
    response.location(`/provisioning/v1/connectors/${id}/readings/${reading.id}`);
    return reading;
  }

  @Get(':id/readings/:reading')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'How far a reading is, and what it showed',
    description: 'expected is the number of accounts that were there before: accounts of expected are read.',
  })
  @Answers(200, readingAnswer)
  async get(@Param() { id, reading }: ReadingParam): Promise<ReadingView> {
    const found = await this.readings.get(id, reading);
    if (found === null) throw new NotFound('reading', reading);
    return found;
  }

  @Get(':id/readings')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'Readings of the application, newest first',
    description: 'Filter by id, status, trigger, reason, requestedAt, finishedAt.',
  })
  @Answers(200, page(readingAnswer))
  async list(@Param() { id }: ConnectorIdParam, @Query() query: PageQuery): Promise<Page<ReadingView>> {
    if ((await this.connectors.view(id)) === null) throw new NotFound('connector', id);
    return await this.readings.page(id, query);
  }
}
