import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { Clock } from '#libs/system/clock.js';
import { ConnectorIdParam, ConnectorRows } from '../connectors/connectors.exports.js';
import { discoveredKinds } from './discover-entitlements.process.js';
import { DiscoveryRuns } from './discovery-runs.store.js';
import { discoveryAnswer, entitlementAnswer, type Discovery } from './entitlements.answers.js';
import { EntitlementRows, type EntitlementView } from './entitlements.query.js';

@ApiTags('connectors')
@ApiBearerAuth()
@Controller('v1/connectors')
export class EntitlementsController {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly rows: EntitlementRows,
    private readonly runs: DiscoveryRuns,
    private readonly clock: Clock,
  ) {}

  @Get(':id/entitlements')
  @Roles('connector-admin', 'auditor', 'policy-admin')
  @ApiOperation({
    summary: 'Groups and roles that the application has, by kind and id',
    description:
      'As of the last reading. gone: a complete reading did not show it any more. Filter by kind, id, name, description, gone, changedAt.',
  })
  @Answers(200, page(entitlementAnswer))
  async list(@Param() { id }: ConnectorIdParam, @Query() query: PageQuery): Promise<Page<EntitlementView>> {
    await this.defined(id);
    return await this.rows.page(id, query);
  }

  @Get(':id/discovery')
  @Roles('connector-admin', 'auditor', 'policy-admin')
  @ApiOperation({ summary: 'When the groups and roles of the application were read, and how it went' })
  @Answers(200, discoveryAnswer)
  async discovery(@Param() { id }: ConnectorIdParam): Promise<Discovery> {
    await this.defined(id);
    return { runs: await this.runs.all(id) };
  }

  @Post(':id/entitlements/read')
  @HttpCode(202)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Read the groups and roles of the application soon',
    description:
      'They are read 10 minutes after the connector began, and each 6 hours, in mode enforce. GET …/discovery tells when it was done.',
  })
  @Answers(202, discoveryAnswer)
  async read(@Param() { id }: ConnectorIdParam): Promise<Discovery> {
    await this.defined(id);
    await this.runs.ask(id, discoveredKinds, this.clock.now());
    return { runs: await this.runs.all(id) };
  }

  private async defined(id: string): Promise<void> {
    if ((await this.connectors.view(id)) === null) throw new NotFound('connector', id);
  }
}
