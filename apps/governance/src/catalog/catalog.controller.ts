import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus, type Command } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { etagOf } from '#libs/service-kit/input/etag.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { NoDryRunQuery } from '#libs/service-kit/input/no-dry-run.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { RecomputeJobs } from '../people/people.exports.js';
import {
  GetCatalogDocument,
  ListCatalogDocuments,
  type CatalogItem,
  type DefinedItem,
  type DefinedPackage,
  type SeenDrafts,
} from './catalog-documents.query.js';
import {
  accessPackageAnswer,
  applicationAnswer,
  birthrightRuleAnswer,
  changedPackageAnswer,
  changedRuleAnswer,
  madePackageAnswer,
  madeRuleAnswer,
  touchesSchema,
} from './catalog.answers.js';
import { AccessPackageDto } from './access-package.dto.js';
import { ApplicationDto, BirthrightRuleDto, ConfirmationQuery } from './catalog.dto.js';
import {
  DefineAccessPackage,
  DefineApplication,
  DefineBirthrightRule,
  type DefinedDocument,
} from './define-document.command.js';
import { applicationOf } from './application.input.js';
import { accessPackageOf, birthrightRuleOf, checkedId } from './documents.input.js';
import type { CatalogKind } from '../policy/policy.exports.js';
import { KnownEntitlements } from './known-entitlements.store.js';
import { PackageDrafts } from './package-drafts.query.js';
import { ForeseeChange } from './foresee-change.query.js';
import type { DryRun } from './touches.js';

const versioned = { headers: ['ETag'] } as const;
const made = { description: 'There was none before', headers: ['Location', 'ETag'] } as const;

const touching = { 409: { touches: touchesSchema } };
const takingAway =
  'A change that takes access from more than 500 people, or from 5 % and at least 10 of those who hold it (POLICY_BRAKE_PEOPLE, _PERCENT, _LEAST), ' +
  'counted with the other changes of the last hour, is 409 and names the people who would lose access, unless confirm gives their number. The same document again needs no confirmation. ' +
  'job counts the people whom the change touched: GET /governance/v1/jobs/{id}.';

/** What administrators define. Each PUT has the whole document, and makes a new version if the document differs. */
@ApiTags('catalog')
@ApiBearerAuth()
@Controller('v1')
export class CatalogController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly jobs: RecomputeJobs,
    private readonly entitlements: KnownEntitlements,
    private readonly drafts: PackageDrafts,
  ) {}

  @Put('applications/:id')
  @Answers(200, applicationAnswer, versioned)
  @Answers(201, applicationAnswer, made)
  @Refuses({ 409: ['application.connector_taken', 'application.connector_in_use'] })
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Define an application',
    description:
      'A connector serves one application: 409 names the other one. After access has been granted, the application keeps its connector (409), because accounts would remain there: ' +
      'to move, define another application for the new connector, and grant that in the packages instead.',
  })
  async putApplication(
    @Param('id') id: string,
    @Body() dto: ApplicationDto,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Query() _: NoDryRunQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem<'application'>> {
    const definition = { id: checkedId(id), document: applicationOf(dto), ifMatch, causation: causationOf(caller) };
    return await this.answer('application', id, new DefineApplication(definition), response);
  }

  @Put('access-packages/:id')
  @Answers(200, changedPackageAnswer, versioned)
  @Answers(201, madePackageAnswer, made)
  @Refuses(
    {
      403: ['access_package.not_owner', 'access_package.only_drafts'],
      409: ['access_package.was_published', 'access_package.was_retired', 'catalog.takes_access'],
    },
    touching,
  )
  @Roles('policy-admin', 'requester', 'approver')
  @ApiOperation({
    summary: 'Define an access package and publish it, unless status is draft',
    description: `Owners write drafts of what they own: every application in which the package grants, and every package that it includes. A policy administrator publishes them. ${takingAway} What a version takes away goes at once; what it adds reaches those who hold the package, or one that includes it, only once an owner has released it: POST /governance/v1/access-packages/{id}/release. Where nobody owns the package, its definition is the release. Either way separation of duties and eligibility decide for each holder: GET /governance/v1/withheld-versions. warnings names grants of groups and roles that their application did not have when all of it was read last.`,
  })
  async putAccessPackage(
    @Param('id') id: string,
    @Body() dto: AccessPackageDto,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Query() { confirm, reason, dryRun }: ConfirmationQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DefinedPackage | DryRun> {
    const confirmation = { confirm: confirm ?? null, reason: reason ?? null };
    const document = accessPackageOf(dto);
    await this.drafts.requireMayDefine(caller, checkedId(id), document);
    const definition = { id: checkedId(id), document, ifMatch, confirmation, causation: causationOf(caller) };
    if (dryRun === 'true') return await this.foresee(new ForeseeChange('access-package', definition), response);
    const defined = await this.answerWithJob('access-package', id, new DefineAccessPackage(definition), response);
    return { ...defined, warnings: await this.entitlements.warningsOf(document) };
  }

  @Put('birthright-rules/:id')
  @Answers(200, changedRuleAnswer, versioned)
  @Answers(201, madeRuleAnswer, made)
  @Refuses({ 409: ['catalog.takes_access'] }, touching)
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Define a birthright rule. It also applies to people who are already here',
    description: takingAway,
  })
  async putBirthrightRule(
    @Param('id') id: string,
    @Body() dto: BirthrightRuleDto,
    @CurrentCaller() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Query() { confirm, reason, dryRun }: ConfirmationQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DefinedItem<'birthright-rule'> | DryRun> {
    const confirmation = { confirm: confirm ?? null, reason: reason ?? null };
    const document = birthrightRuleOf(dto);
    const definition = { id: checkedId(id), document, ifMatch, confirmation, causation: causationOf(caller) };
    if (dryRun === 'true') return await this.foresee(new ForeseeChange('birthright-rule', definition), response);
    return await this.answerWithJob('birthright-rule', id, new DefineBirthrightRule(definition), response);
  }

  @Get('applications')
  @ApiOperation({
    summary: 'Applications, by id',
    description: 'Filter by id, displayName, connectorId, provisionedBy, dataClass, owners.',
  })
  @Answers(200, page(applicationAnswer))
  @Roles('policy-admin', 'auditor', 'connector-admin', 'requester', 'approver')
  listApplications(@Query() query: PageQuery): Promise<Page<CatalogItem<'application'>>> {
    return this.list('application', query);
  }

  @Get('access-packages')
  @ApiOperation({
    summary: 'Access packages, by id',
    description:
      'Drafts are for policy administrators, auditors and connector administrators, and for their owners. Filter by id, displayName, description, status, requestFor, grants.application.',
  })
  @Answers(200, page(accessPackageAnswer))
  @Roles('policy-admin', 'auditor', 'connector-admin', 'requester', 'approver')
  async listAccessPackages(
    @Query() query: PageQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<CatalogItem<'access-package'>>> {
    return await this.list('access-package', query, await this.drafts.seenBy(caller));
  }

  @Get('birthright-rules')
  @ApiOperation({ summary: 'Birthright rules, by id', description: 'Filter by id, displayName, packages.' })
  @Answers(200, page(birthrightRuleAnswer))
  @Roles('policy-admin', 'auditor')
  listBirthrightRules(@Query() query: PageQuery): Promise<Page<CatalogItem<'birthright-rule'>>> {
    return this.list('birthright-rule', query);
  }

  @Get('applications/:id')
  @ApiOperation({ summary: 'One application' })
  @Answers(200, applicationAnswer, versioned)
  @Roles('policy-admin', 'auditor', 'connector-admin', 'requester', 'approver')
  getApplication(
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem<'application'>> {
    return this.get('application', id, response);
  }

  @Get('access-packages/:id')
  @ApiOperation({ summary: 'One access package' })
  @Answers(200, accessPackageAnswer, versioned)
  @Roles('policy-admin', 'auditor', 'connector-admin', 'requester', 'approver')
  async getAccessPackage(
    @Param('id') id: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem<'access-package'>> {
    return await this.get('access-package', id, response, await this.drafts.seenBy(caller));
  }

  @Get('birthright-rules/:id')
  @ApiOperation({ summary: 'One birthright rule' })
  @Answers(200, birthrightRuleAnswer, versioned)
  @Roles('policy-admin', 'auditor')
  getBirthrightRule(
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CatalogItem<'birthright-rule'>> {
    return this.get('birthright-rule', id, response);
  }

  private async answer<Kind extends CatalogKind>(
    kind: Kind,
    id: string,
    command: Command<DefinedDocument>,
    response: Response,
  ): Promise<CatalogItem<Kind>> {
    const { created } = await this.commands.execute(command);
    if (created) response.status(201).location(`/governance/v1/${kind}s/${id}`);
    return await this.get(kind, id, response);
  }

  private async answerWithJob<Kind extends 'access-package' | 'birthright-rule'>(
    kind: Kind,
    id: string,
    command: Command<DefinedDocument>,
    response: Response,
  ): Promise<DefinedItem<Kind>> {
    const { created, job } = await this.commands.execute(command);
    if (created) response.status(201).location(`/governance/v1/${kind}s/${id}`);
    return { ...(await this.get(kind, id, response)), job: job === null ? null : await this.jobs.get(job) };
  }

  private async foresee(change: ForeseeChange, response: Response): Promise<DryRun> {
    const foreseen = await this.queries.execute(change);
    response.set('ETag', etagOf(foreseen.version));
    return foreseen;
  }

  private async get<Kind extends CatalogKind>(
    kind: Kind,
    id: string,
    response: Response,
    drafts: SeenDrafts = 'all',
  ): Promise<CatalogItem<Kind>> {
    const item = await this.queries.execute(new GetCatalogDocument(kind, id, drafts));
    response.set('ETag', etagOf(item.version));
    return item;
  }

  private list<Kind extends CatalogKind>(
    kind: Kind,
    { limit, cursor, filter }: PageQuery,
    drafts: SeenDrafts = 'all',
  ): Promise<Page<CatalogItem<Kind>>> {
    return this.queries.execute(new ListCatalogDocuments(kind, { limit, cursor, filter }, drafts));
  }
}
