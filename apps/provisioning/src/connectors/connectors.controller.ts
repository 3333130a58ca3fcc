import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { TakesYaml } from '#libs/service-kit/input/json-body.guard.js';
import { etagOf } from '#libs/service-kit/input/etag.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { ConnectorDto, ConnectorIdParam } from './connector.dto.js';
import { DefineQuery } from './define-query.dto.js';
import { connectorAnswer, connectorTestAnswer, discoveredAnswer } from './connectors.answers.js';
import { ConnectorRows, type ConnectorView, type DefinedConnectorView } from './connectors.query.js';
import { PreviewChange } from './preview-change.command.js';
import { ForeseeConnector, type PreviewedConnectorDryRun } from './foresee-connector.query.js';
import { changedConnectorAnswer, madeConnectorAnswer } from './impact.answers.js';
import { DefineConnector } from './define-connector.command.js';
import { ConfirmPlace } from './confirm-place.command.js';
import { LookAgain } from './look-again.command.js';
import { SetConnectorState } from './set-connector-state.command.js';
import type { ConnectorTest } from './connector-probe.process.js';
import { DiscoverDto } from './discover.dto.js';
import { DiscoverConnector } from './discover-connector.command.js';
import type { Discovered } from '../targets/targets.exports.js';
import { TestConnector } from './test-connector.command.js';

const versioned = { headers: ['ETag'] } as const;
/** The refusals of the routes that set the state. */
const notDefined = { 404: ['connector.not_defined'] };

@ApiTags('connectors')
@ApiBearerAuth()
@Controller('v1/connectors')
export class ConnectorsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly rows: ConnectorRows,
  ) {}

  @Put(':id')
  @Roles('connector-admin')
  @TakesYaml()
  @ApiOperation({
    summary: 'Define a connector. A new one in mode enforce is released at once.',
    description:
      'A change of what decides how accounts should be is applied to everybody; job counts whom it touches: GET /provisioning/v1/jobs/{id}. ' +
      'A scope that takes away the accounts of more than 500 people, or of 5 % and at least 10 of those who have one (POLICY_BRAKE_PEOPLE, _PERCENT, _LEAST), is 409 unless confirm gives their number.',
  })
  @Answers(200, changedConnectorAnswer, versioned)
  @Answers(201, madeConnectorAnswer, { description: 'There was none before', headers: ['Location', 'ETag'] })
  @Refuses({ 400: ['malformed_yaml'], 409: ['connector.takes_accounts'] })
  async put(
    @Param() { id }: ConnectorIdParam,
    @Body() stated: ConnectorDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Query() { dryRun, confirm }: DefineQuery,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DefinedConnectorView | PreviewedConnectorDryRun> {
    if (dryRun === 'true') {
      const foreseen = await this.queries.execute(new ForeseeConnector(id, stated, ifMatch));
      if (foreseen.version > 0) response.set('ETag', etagOf(foreseen.version));
      const preview = await this.commands.execute(new PreviewChange(id, stated, causationOf(caller)));
      return { ...foreseen, preview };
    }
    const defined = new DefineConnector(id, stated, ifMatch, confirm ?? null, causationOf(caller));
    const { created, job } = await this.commands.execute(defined);
    if (created) response.status(201).location(`/provisioning/v1/connectors/${id}`);
    return { ...(await this.shown(id, response)), job };
  }

  @Get(':id')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({ summary: 'One connector, without its secrets' })
  @Answers(200, connectorAnswer, versioned)
  get(@Param() { id }: ConnectorIdParam, @Res({ passthrough: true }) response: Response): Promise<ConnectorView> {
    return this.shown(id, response);
  }

  @Get()
  @Roles('connector-admin', 'auditor')
  @ApiOperation({ summary: 'Connectors, by id' })
  @Answers(200, page(connectorAnswer))
  list(@Query() query: PageQuery): Promise<Page<ConnectorView>> {
    return this.rows.page(query);
  }

  @Post(':id/test')
  @HttpCode(200)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Test address and credentials. Reads only',
    description:
      'Reads the list of users, searches for a name that does not exist, and reads some known accounts by id. If the answer is not a SCIM list, the test tries similar addresses.',
  })
  @Answers(200, connectorTestAnswer)
  @Refuses(notDefined)
  async test(@Param() { id }: ConnectorIdParam): Promise<ConnectorTest> {
    return await this.commands.execute(new TestConnector(id, null));
  }

  @Post(':id/check')
  @HttpCode(200)
  @Roles('connector-admin')
  @TakesYaml()
  @ApiOperation({
    summary: 'Check a connector document without storing it: its fields, then the same reading tests as …/test',
    description:
      'Secrets that the document leaves out are those that are stored. Nothing is stored and nothing changes.',
  })
  @Answers(200, connectorTestAnswer)
  @Refuses({ 400: ['malformed_yaml'] })
  async check(@Param() { id }: ConnectorIdParam, @Body() stated: ConnectorDto): Promise<ConnectorTest> {
    return await this.commands.execute(new TestConnector(id, stated));
  }

  @Post(':id/discover')
  @HttpCode(200)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Find out how the application speaks SCIM, and propose a profile',
    description:
      'Reads only. With {"write": true} it makes one user and one group named identity-hub-probe-…, changes them and removes them again; what it cannot remove is in leftovers. Each deviation says what showed it. The proposal is not stored.',
  })
  @Answers(200, discoveredAnswer)
  @Refuses({ ...notDefined, 409: ['connector.not_discovered'] })
  async discover(@Param() { id }: ConnectorIdParam, @Body() { write }: DiscoverDto): Promise<Discovered> {
    return await this.commands.execute(new DiscoverConnector(id, write ?? false));
  }

  @Post(':id/confirm-place')
  @HttpCode(200)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Confirm the place, although none of the known accounts is there',
    description:
      'After a change of address or credentials, an account that is not found counts as gone only after a known account is found. A new tenant has no known accounts: confirm that it is intended. People who should have an account get a new one; the account of a person who left and has none there counts as gone.',
  })
  @Answers(200, connectorAnswer, versioned)
  @Refuses(notDefined)
  async confirmPlace(
    @Param() { id }: ConnectorIdParam,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConnectorView> {
    await this.commands.execute(new ConfirmPlace(id, causationOf(caller)));
    return await this.shown(id, response);
  }

  @Post(':id/look-again')
  @HttpCode(200)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Look again for the accounts that count as gone',
    description:
      'Each person whose account counts as deleted, or was never made, is looked for by the id and the names that the hub knows. What is found is treated as that person should have it: a leaver’s account is disabled. The audit log keeps who asked for it.',
  })
  @Answers(200, connectorAnswer, versioned)
  @Refuses(notDefined)
  async lookAgain(
    @Param() { id }: ConnectorIdParam,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConnectorView> {
    await this.commands.execute(new LookAgain(id, causationOf(caller)));
    return await this.shown(id, response);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Roles('connector-admin')
  @ApiOperation({ summary: 'Pause: no further calls, except for people who must lose access' })
  @Answers(200, connectorAnswer, versioned)
  @Refuses(notDefined)
  pause(
    @Param() { id }: ConnectorIdParam,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConnectorView> {
    return this.setState(id, 'pause', caller, response);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Roles('connector-admin')
  @ApiOperation({ summary: 'Resume after a pause' })
  @Answers(200, connectorAnswer, versioned)
  @Refuses(notDefined)
  resume(
    @Param() { id }: ConnectorIdParam,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConnectorView> {
    return this.setState(id, 'resume', caller, response);
  }

  private async setState(
    id: string,
    action: 'pause' | 'resume',
    caller: Caller,
    response: Response,
  ): Promise<ConnectorView> {
    await this.commands.execute(new SetConnectorState(id, action, caller, causationOf(caller)));
    return await this.shown(id, response);
  }

  private async shown(id: string, response: Response): Promise<ConnectorView> {
    const view = await this.rows.view(id);
    if (view === null) throw new NotFound('connector', id);
    response.set('ETag', etagOf(view.version));
    return view;
  }
}
