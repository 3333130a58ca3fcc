import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { etagOf } from '#libs/service-kit/input/etag.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { GetCatalogDocument, ListCatalogDocuments, type CatalogItem } from './catalog-documents.query.js';
import { DefineMoverRule } from './define-mover-rule.command.js';
import { checkedId, moverRuleOf } from './documents.input.js';
import { MoverRuleDto } from './mover-rule.dto.js';
import { moverRuleAnswer } from './mover-rules.answers.js';

/** What becomes of requested access when its holder moves. */
@ApiTags('movers')
@ApiBearerAuth()
@Controller('v1/mover-rules')
export class MoverRulesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Put(':id')
  @Answers(200, moverRuleAnswer, { headers: ['ETag'] })
  @Answers(201, moverRuleAnswer, { description: 'There was none before', headers: ['Location', 'ETag'] })
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Define a rule for movers',
    description:
      'A move is another department, jobTitle or location. Another manager alone is none, nor is a new name that a rule knows (renames); renames that lead in a circle are refused. ' +
      'The first rule, in order of their ids, whose filter matches the person after the move decides; without one, requested access is kept. ' +
      'Access that ends or is reviewed is still held until then: separation of duties looks at it together with what is new.',
  })
  async put(
    @Param('id') id: string,
    @Body() dto: MoverRuleDto,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem<'mover-rule'>> {
    const definition = { id: checkedId(id), document: moverRuleOf(dto), ifMatch, causation: causationOf(caller) };
    const { created } = await this.commands.execute(new DefineMoverRule(definition));
    if (created) response.status(201).location(`/governance/v1/mover-rules/${id}`);
    return await this.get(id, response);
  }

  @Get()
  @Answers(200, page(moverRuleAnswer))
  @Roles('policy-admin', 'auditor')
  @ApiOperation({ summary: 'Rules for movers, by id', description: 'Filter by id, displayName, requestedAccess.' })
  list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<CatalogItem<'mover-rule'>>> {
    return this.queries.execute(new ListCatalogDocuments('mover-rule', { limit, cursor, filter }));
  }

  @Get(':id')
  @Answers(200, moverRuleAnswer, { headers: ['ETag'] })
  @Roles('policy-admin', 'auditor')
  @ApiOperation({ summary: 'One rule for movers' })
  async get(
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem<'mover-rule'>> {
    const item = await this.queries.execute(new GetCatalogDocument('mover-rule', id));
    response.set('ETag', etagOf(item.version));
    return item;
  }
}
