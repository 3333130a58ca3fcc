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
import { DefineNameRule } from './define-name-rule.command.js';
import { checkedId, nameRuleOf } from './documents.input.js';
import { NameRuleDto } from './name-rule.dto.js';
import { nameRuleAnswer } from './name-rules.answers.js';

/** How user names are made for people of whom HR states no address. */
@ApiTags('names')
@ApiBearerAuth()
@Controller('v1/name-rules')
export class NameRulesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Put(':id')
  @Answers(200, nameRuleAnswer, { headers: ['ETag'] })
  @Answers(201, nameRuleAnswer, { description: 'There was none before', headers: ['Location', 'ETag'] })
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Define how user names are made',
    description:
      'Of people whose address HR does not state. The first rule, in order of their ids, whose filter matches makes the name; without one, or where it gives nothing, it is given.family. ' +
      'It holds for names that are made from now on. No name is given twice, and none that somebody had.',
  })
  async put(
    @Param('id') id: string,
    @Body() dto: NameRuleDto,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem<'name-rule'>> {
    const definition = { id: checkedId(id), document: nameRuleOf(dto), ifMatch, causation: causationOf(caller) };
    const { created } = await this.commands.execute(new DefineNameRule(definition));
    if (created) response.status(201).location(`/governance/v1/name-rules/${id}`);
    return await this.get(id, response);
  }

  @Get()
  @Answers(200, page(nameRuleAnswer))
  @Roles('policy-admin', 'auditor')
  @ApiOperation({ summary: 'Rules for user names, by id', description: 'Filter by id, displayName.' })
  list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<CatalogItem<'name-rule'>>> {
    return this.queries.execute(new ListCatalogDocuments('name-rule', { limit, cursor, filter }));
  }

  @Get(':id')
  @Answers(200, nameRuleAnswer, { headers: ['ETag'] })
  @Roles('policy-admin', 'auditor')
  @ApiOperation({ summary: 'One rule for user names' })
  async get(
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem<'name-rule'>> {
    const item = await this.queries.execute(new GetCatalogDocument('name-rule', id));
    response.set('ETag', etagOf(item.version));
    return item;
  }
}
