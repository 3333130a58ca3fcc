import { applyDecorators, Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Min } from 'class-validator';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { type Page, PageQuery } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { type EvaluatedMapping, EvaluateMapping } from '../accounts/accounts.exports.js';
import { ConnectorIdParam } from './connector.dto.js';
import {
  comparedMappingsAnswer,
  dataFlowAnswer,
  evaluatedMappingAnswer,
  mappingVersionAnswer,
} from './mapping.answers.js';
import { ConnectorRows } from './connectors.query.js';
import { type DataFlow, dataFlowOf } from './data-flow.js';
import { type ComparedMappings, MappingVersions, type MappingVersionView } from './mapping-versions.query.js';
import { TriedMappingDto } from './tried-mapping.dto.js';
import { triedTerms } from './tried-mapping.input.js';

class MappingEvaluation extends TriedMappingDto {
  @ApiProperty({ format: 'uuid', description: 'For whom' })
  @IsUUID(undefined, { message: 'must be the id of an identity' })
  readonly identity!: string;
}

class MappingVersionsQuery extends OmitType(PageQuery, ['filter']) {}

class DifferenceQuery {
  @VersionParameter('From this version of the connector on; the one before `to` unless given')
  readonly from?: number;

  @VersionParameter('To this version of the connector; the newest unless given')
  readonly to?: number;
}

/** A version of a connector in a query. */
function VersionParameter(description: string): PropertyDecorator {
  const whole = { message: 'must be a version of the connector: a whole number from 1' };
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, description }),
    IsOptional(),
    Type(() => Number),
    IsInt(whole),
    Min(1, whole),
  );
}

@ApiTags('connectors')
@ApiBearerAuth()
@Controller('v1/connectors')
export class MappingController {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly mappings: EvaluateMapping,
    private readonly versions: MappingVersions,
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
    const evaluated = await this.mappings.of(id, body.identity, triedTerms(connector, body));
    if (evaluated === null) throw new NotFound('account of this connector for', body.identity);
    return evaluated;
  }

  @Get(':id/mapping/versions')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'The versions of the mapping, the newest first: who made each, when, and what it changed',
    description: 'A version is the version of the connector with which it began. `filter` is not served.',
  })
  @Answers(200, page(mappingVersionAnswer))
  async ofMapping(
    @Param() { id }: ConnectorIdParam,
    @Query() query: MappingVersionsQuery,
  ): Promise<Page<MappingVersionView>> {
    return await this.versions.page(id, query);
  }

  @Get(':id/mapping/difference')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'What differs between two versions of the mapping: by default the newest and the one before',
  })
  @Answers(200, comparedMappingsAnswer)
  async difference(@Param() { id }: ConnectorIdParam, @Query() query: DifferenceQuery): Promise<ComparedMappings> {
    return await this.versions.compare(id, query);
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
