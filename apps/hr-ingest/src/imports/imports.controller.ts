import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { isUuid } from '#libs/event-store/ids.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { InvalidInput, NotFound, RequestProblem } from '#libs/problems/problem.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import { toSql } from '#libs/scim/filter/to-sql.js';
import { filterInput } from '#libs/service-kit/input/filter-input.js';
import { workerFilterColumns } from '../workers/workers.exports.js';
import { CancelImport } from './cancel-import.command.js';
import { ReleaseImport } from './decide-import.command.js';
import { HeaderRefused } from './import-rows.input.js';
import { CancelImportInput, ImportQuery, ReleaseImportInput } from './import.dto.js';
import { importAnswer, importDetailAnswer } from './imports.answers.js';
import { LineTooLong } from '#libs/text/record-splitter.js';
import { GetImport, ListImports, type ImportDetailView, type ImportView } from './read-imports.query.js';
import { ReceiveImport } from './receive-import.command.js';

@ApiTags('imports')
@ApiBearerAuth()
@Controller('v1/imports')
export class ImportsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @Roles('hr-feed')
  @ApiOperation({
    summary: 'Import a file of workers. The answer comes when the file is stored; it is applied afterwards',
  })
  @ApiConsumes('text/csv', 'application/x-ndjson')
  @ApiBody({
    schema: { type: 'string' },
    examples: {
      csv: { value: 'employeeId,givenName,familyName,department,hireDate\n1001,Ada,Lovelace,Engineering,2026-03-02\n' },
    },
  })
  @Answers(202, importDetailAnswer, { headers: ['Location'] })
  @Refuses({ 413: ['import.too_large'], 415: ['unsupported_media_type'] })
  async post(
    @Query() { mode, population }: ImportQuery,
    @Headers('content-type') type: string | undefined,
    @CurrentCaller() caller: Caller,
    @NewId() newId: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ImportDetailView> {
    const format = formatOf(type, request.headers['content-encoding']);
    const about = { mode, population: populationOf(mode, population) };
    const id = await this.commands
      .execute(new ReceiveImport(format, about, request, caller.actor, newId))
      .catch(explain);
    // Relative to the path of the request, which begins with the prefix of the service.
    response.location(`${request.originalUrl.split('?')[0] ?? ''}/${id}`);
    return await this.get(id);
  }

  @Get(':id')
  @Roles('hr-feed', 'hr-operator')
  @ApiOperation({ summary: 'The state of an import, and the rows that it rejected' })
  @Answers(200, importDetailAnswer)
  async get(@Param('id') id: string): Promise<ImportDetailView> {
    const found = isUuid(id) ? await this.queries.execute(new GetImport(id)) : null;
    if (found === null) throw new NotFound('import', id);
    return found;
  }

  @Get()
  @Roles('hr-feed', 'hr-operator')
  @ApiOperation({
    summary: 'Imports, newest first',
    description: 'Filter by id, mode, status, rejected, createdAt, finishedAt.',
  })
  @Answers(200, page(importAnswer))
  async list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<ImportView>> {
    return await this.queries.execute(new ListImports(limit, cursor, filter));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Roles('hr-feed', 'hr-operator')
  @ApiOperation({
    summary: 'Stop an import. Rows that were applied stay applied. Of a held import nothing is applied',
    description: 'Only an hr-operator can cancel a held import, with a reason.',
  })
  @Answers(200, importDetailAnswer)
  @Refuses({ 403: ['forbidden'], 409: ['import.not_running'] })
  async cancel(
    @Param('id') id: string,
    @Body() { reason = null }: CancelImportInput,
    @CurrentCaller() caller: Caller,
  ): Promise<ImportDetailView> {
    const { id: known } = await this.get(id);
    await this.commands.execute(new CancelImport(known, reason, caller));
    return await this.get(known);
  }

  @Post(':id/release')
  @HttpCode(200)
  @Roles('hr-operator')
  @ApiOperation({ summary: 'Apply a held import, whole or for some people. /hr/v1/holds lists the people' })
  @Answers(200, importDetailAnswer)
  @Refuses({ 409: ['import.not_held'] })
  async release(
    @Param('id') id: string,
    @Body() { reason = null, employeeIds = null }: ReleaseImportInput,
    @CurrentCaller() caller: Caller,
  ): Promise<ImportDetailView> {
    const { id: known } = await this.get(id);
    await this.commands.execute(new ReleaseImport(known, employeeIds, reason, caller));
    return await this.get(known);
  }
}

/** @throws InvalidInput for what is no filter over workers, or belongs to a full feed alone */
function populationOf(mode: 'delta' | 'full', population: string | undefined): string | null {
  if (population === undefined || population.trim() === '') return null;
  if (mode === 'delta')
    throw new InvalidInput([{ pointer: '/population', detail: 'is for mode=full only: leave it out' }]);
  filterInput('/population', () => toSql(parseFilter(population), workerFilterColumns));
  return population;
}

function formatOf(contentType = '', encoding = 'identity'): 'csv' | 'ndjson' {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (encoding === 'identity' && isUtf8(parameters)) {
    if (type === 'text/csv') return 'csv';
    if (type === 'application/x-ndjson') return 'ndjson';
  }
  throw new RequestProblem(
    415,
    'unsupported_media_type',
    'send the body as text/csv or application/x-ndjson in UTF-8, not compressed',
  );
}

function isUtf8(parameters: readonly string[]): boolean {
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return ['utf-8', 'utf8', 'us-ascii'].includes(charset?.replaceAll('"', '') ?? 'utf-8');
}

function explain(error: unknown): never {
  if (error instanceof HeaderRefused) {
    throw new InvalidInput(error.problems.map(({ field, detail }) => ({ pointer: `/${field}`, detail })));
  }
  if (error instanceof LineTooLong)
    throw new InvalidInput([{ pointer: '', detail: `${error.message}: is it a file of rows?` }]);
  throw error;
}
