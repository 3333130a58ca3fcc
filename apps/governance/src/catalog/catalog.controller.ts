import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus, type Command } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { causeOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { etagOf } from '#libs/service-kit/etag.js';
import { PageQuery, type Page } from '#libs/service-kit/page.js';
import { problemStatus } from '#libs/service-kit/problem.js';
import { accessPackageExample, applicationExample, birthrightRuleExample, listOf } from '../api-examples.js';
import { GetCatalogDocument, ListCatalogDocuments, type CatalogItem } from './catalog-documents.query.js';
import { AccessPackageDto, ApplicationDto, BirthrightRuleDto } from './catalog.dto.js';
import {
  DefineAccessPackage,
  DefineApplication,
  DefineBirthrightRule,
  type DefinedDocument,
} from './define-document.command.js';
import { accessPackageOf, applicationOf, birthrightRuleOf, checkedId } from './documents-input.js';
import type { CatalogKind } from './documents.js';

problemStatus({
  'access_package.was_published': 409,
  'application.connector_taken': 409,
  'application.connector_in_use': 409,
});

/** What administrators define: each PUT states a document whole and makes a new version if it says anything new. */
@ApiTags('catalog')
@ApiBearerAuth()
@Controller('v1')
export class CatalogController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Put('applications/:id')
  @ApiOkResponse({ schema: { example: applicationExample } })
  @ApiCreatedResponse({ description: 'There was none before', schema: { example: applicationExample } })
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Define an application',
    description:
      'A connector serves one application: 409 names the other one. Once anybody was to have access, the application keeps its connector (409), for accounts would be left behind there: ' +
      'to move, define another application for the new connector, and grant that in the packages instead.',
  })
  async putApplication(
    @Param('id') id: string,
    @Body() dto: ApplicationDto,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem> {
    const definition = { id: checkedId(id), document: applicationOf(dto), ifMatch, cause: causeOf(caller) };
    return await this.answer('application', id, new DefineApplication(definition), response);
  }

  @Put('access-packages/:id')
  @ApiOkResponse({ schema: { example: accessPackageExample } })
  @ApiCreatedResponse({ description: 'There was none before', schema: { example: accessPackageExample } })
  @Roles('policy-admin')
  @ApiOperation({ summary: 'Define an access package and publish it, unless status is draft' })
  async putAccessPackage(
    @Param('id') id: string,
    @Body() dto: AccessPackageDto,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem> {
    const definition = { id: checkedId(id), document: accessPackageOf(dto), ifMatch, cause: causeOf(caller) };
    return await this.answer('access-package', id, new DefineAccessPackage(definition), response);
  }

  @Put('birthright-rules/:id')
  @ApiOkResponse({ schema: { example: birthrightRuleExample } })
  @ApiCreatedResponse({ description: 'There was none before', schema: { example: birthrightRuleExample } })
  @Roles('policy-admin')
  @ApiOperation({ summary: 'Define a birthright rule; it applies to everybody already here' })
  async putBirthrightRule(
    @Param('id') id: string,
    @Body() dto: BirthrightRuleDto,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem> {
    const definition = { id: checkedId(id), document: birthrightRuleOf(dto), ifMatch, cause: causeOf(caller) };
    return await this.answer('birthright-rule', id, new DefineBirthrightRule(definition), response);
  }

  @Get('applications')
  @ApiOperation({ summary: 'Applications, by id', description: 'Filter by id, displayName, connectorId, owners.' })
  @ApiOkResponse({ schema: { example: listOf(applicationExample) } })
  @Roles('policy-admin', 'auditor', 'connector-admin', 'requester', 'approver')
  listApplications(@Query() query: PageQuery): Promise<Page<CatalogItem>> {
    return this.list('application', query);
  }

  @Get('access-packages')
  @ApiOperation({
    summary: 'Access packages, by id',
    description: 'Filter by id, displayName, description, status, requestFor, grants.application.',
  })
  @ApiOkResponse({ schema: { example: listOf(accessPackageExample) } })
  @Roles('policy-admin', 'auditor', 'connector-admin', 'requester', 'approver')
  listAccessPackages(@Query() query: PageQuery): Promise<Page<CatalogItem>> {
    return this.list('access-package', query);
  }

  @Get('birthright-rules')
  @ApiOperation({ summary: 'Birthright rules, by id', description: 'Filter by id, displayName, packages.' })
  @ApiOkResponse({ schema: { example: listOf(birthrightRuleExample) } })
  @Roles('policy-admin', 'auditor')
  listBirthrightRules(@Query() query: PageQuery): Promise<Page<CatalogItem>> {
    return this.list('birthright-rule', query);
  }

  @Get('applications/:id')
  @ApiOperation({ summary: 'One application' })
  @ApiOkResponse({ schema: { example: applicationExample } })
  @Roles('policy-admin', 'auditor', 'connector-admin', 'requester', 'approver')
  getApplication(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<CatalogItem> {
    return this.get('application', id, response);
  }

  @Get('access-packages/:id')
  @ApiOperation({ summary: 'One access package' })
  @ApiOkResponse({ schema: { example: accessPackageExample } })
  @Roles('policy-admin', 'auditor', 'connector-admin', 'requester', 'approver')
  getAccessPackage(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<CatalogItem> {
    return this.get('access-package', id, response);
  }

  @Get('birthright-rules/:id')
  @ApiOperation({ summary: 'One birthright rule' })
  @ApiOkResponse({ schema: { example: birthrightRuleExample } })
  @Roles('policy-admin', 'auditor')
  getBirthrightRule(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<CatalogItem> {
    return this.get('birthright-rule', id, response);
  }

  private async answer(
    kind: CatalogKind,
    id: string,
    command: Command<DefinedDocument>,
    response: Response,
  ): Promise<CatalogItem> {
    const { created } = await this.commands.execute(command);
    if (created) response.status(201).location(`/governance/v1/${kind}s/${id}`);
    return await this.get(kind, id, response);
  }

  private async get(kind: CatalogKind, id: string, response: Response): Promise<CatalogItem> {
    const item = await this.queries.execute(new GetCatalogDocument(kind, id));
    response.set('ETag', etagOf(item.version));
    return item;
  }

  private list(kind: CatalogKind, { limit, cursor, filter }: PageQuery): Promise<Page<CatalogItem>> {
    return this.queries.execute(new ListCatalogDocuments(kind, { limit, cursor, filter }));
  }
}
