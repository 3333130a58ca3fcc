import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsArray, IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import { Roles } from '#libs/auth/roles.decorator.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { type EvaluatedMapping, EvaluateMapping, sensitiveSources } from '../accounts/accounts.exports.js';
import { ConnectorIdParam } from './connector.dto.js';
import { DefaultDomain, type MappingEntryDto, MappingList, ScopeFilter } from './mapping.dto.js';
import { dataFlowAnswer, evaluatedMappingAnswer } from './mapping.answers.js';
import { ConnectorRows } from './connectors.query.js';
import { type DataFlow, dataFlowOf } from './data-flow.js';
import { mappingEntriesOf, scopeProblems } from './mapping-entries.js';

class MappingEvaluation {
  @ApiProperty({ format: 'uuid', description: 'For whom' })
  @IsUUID(undefined, { message: 'must be the id of an identity' })
  readonly identity!: string;

  @MappingList("Instead of the connector's own: nothing is stored")
  readonly mapping?: MappingEntryDto[];

  @ApiPropertyOptional({ description: "Instead of the connector's own" })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly mappingDefaults?: boolean;

  @ApiPropertyOptional({ type: [String], description: "Instead of the connector's own" })
  @IsOptional()
  @IsArray({ message: 'must be a list' })
  @IsIn([...sensitiveSources], { each: true, message: `must be one of ${[...sensitiveSources].join(', ')}` })
  readonly sensitive?: string[];

  @DefaultDomain()
  readonly defaultDomain?: string | null;

  @ScopeFilter("Instead of the connector's own")
  readonly scope?: string | null;
}

@ApiTags('connectors')
@ApiBearerAuth()
@Controller('v1/connectors')
export class MappingController {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly mappings: EvaluateMapping,
  ) {}

  @Post(':id/mapping/evaluate')
  @HttpCode(200)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'What the mapping gives for one person, step by step. Writes nothing',
    description:
      'With `mapping` or `scope`, that one is tried instead of the stored one. Answers 404 for who is to have no account.',
  })
  @Answers(200, evaluatedMappingAnswer)
  async evaluate(@Param() { id }: ConnectorIdParam, @Body() body: MappingEvaluation): Promise<EvaluatedMapping> {
    const connector = await this.connectors.view(id);
    if (connector === null) throw new NotFound('connector', id);
    const mappingDefaults = body.mappingDefaults ?? connector.mappingDefaults;
    const sensitive = body.sensitive ?? connector.sensitive;
    const defaultDomain = body.defaultDomain ?? connector.defaultDomain;
    const { entries, problems } = mappingEntriesOf(body.mapping ?? [], { mappingDefaults, sensitive, defaultDomain });
    const faults = [...problems, ...scopeProblems(body.scope)];
    if (faults.length > 0) throw new InvalidInput(faults);
    const mapping = body.mapping === undefined ? connector.mapping : entries;
    const scope = body.scope === undefined ? connector.scope : body.scope;
    const evaluated = await this.mappings.of(id, body.identity, {
      mapping,
      mappingDefaults,
      scope,
      matching: connector.matching,
      defaultDomain,
      pull: connector.pull,
    });
    if (evaluated === null) throw new NotFound('account of this connector for', body.identity);
    return evaluated;
  }

  @Get(':id/data-flow')
  @Roles('connector-admin', 'auditor', 'privacy')
  @ApiOperation({ summary: 'What the connector sends about people, where to, and because of which entry' })
  @Answers(200, dataFlowAnswer)
  async dataFlow(@Param() { id }: ConnectorIdParam): Promise<DataFlow> {
    const connector = await this.connectors.view(id);
    if (connector === null) throw new NotFound('connector', id);
    return dataFlowOf(connector);
  }
}
