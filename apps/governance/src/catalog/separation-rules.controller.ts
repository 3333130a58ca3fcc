import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { etagOf } from '#libs/service-kit/input/etag.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { RecomputeJobs } from '../people/people.exports.js';
import {
  GetCatalogDocument,
  ListCatalogDocuments,
  type CatalogItem,
  type DefinedItem,
} from './catalog-documents.query.js';
import { DefineSeparationRule } from './define-separation-rule.command.js';
import { checkedId } from './documents.input.js';
import { ForeseeViolations, type SeparationDryRun } from './foresee-violations.query.js';
import { SeparationRuleDto } from './separation-rule.dto.js';
import { separationRuleOf } from './separation-rule.input.js';
import { changedSeparationAnswer, madeSeparationAnswer, separationRuleAnswer } from './separation-rules.answers.js';

export class SeparationQuery {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description: 'true: nothing is done; the answer says who would violate the rule',
  })
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  readonly dryRun?: 'true' | 'false';
}

/** What nobody is to have together. */
@ApiTags('separation of duties')
@ApiBearerAuth()
@Controller('v1/separation-rules')
export class SeparationRulesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly jobs: RecomputeJobs,
  ) {}

  @Put(':id')
  @Answers(200, changedSeparationAnswer, { headers: ['ETag'] })
  @Answers(201, madeSeparationAnswer, { description: 'There was none before', headers: ['Location', 'ETag'] })
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Define a rule of separation of duties',
    description:
      'It takes nothing away: who violates it already is listed in separation-findings, with the owners of the rule and a due date, until it is solved or excepted. ' +
      'Where it prevents, access is refused that would violate it together with what the person has, has scheduled or has asked for, whichever way it comes. ' +
      'job counts the people who were looked at: GET /governance/v1/jobs/{id}.',
  })
  async put(
    @Param('id') id: string,
    @Body() dto: SeparationRuleDto,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Query() { dryRun }: SeparationQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DefinedItem<'separation-rule'> | SeparationDryRun> {
    const definition = { id: checkedId(id), document: separationRuleOf(dto), ifMatch, causation: causationOf(caller) };
    if (dryRun === 'true') {
      const foreseen = await this.queries.execute(new ForeseeViolations(definition));
      response.set('ETag', etagOf(foreseen.version));
      return foreseen;
    }
    const { created, job } = await this.commands.execute(new DefineSeparationRule(definition));
    if (created) response.status(201).location(`/governance/v1/separation-rules/${id}`);
    return { ...(await this.get(id, response)), job: job === null ? null : await this.jobs.get(job) };
  }

  @Get()
  @Answers(200, page(separationRuleAnswer))
  @Roles('policy-admin', 'auditor')
  @ApiOperation({
    summary: 'Rules of separation of duties, by id',
    description: 'Filter by id, displayName, mode, owners.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<CatalogItem<'separation-rule'>>> {
    return this.queries.execute(new ListCatalogDocuments('separation-rule', { limit, cursor, filter }));
  }

  @Get(':id')
  @Answers(200, separationRuleAnswer, { headers: ['ETag'] })
  @Roles('policy-admin', 'auditor')
  @ApiOperation({ summary: 'One rule of separation of duties' })
  async get(
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem<'separation-rule'>> {
    const item = await this.queries.execute(new GetCatalogDocument('separation-rule', id));
    response.set('ETag', etagOf(item.version));
    return item;
  }
}
