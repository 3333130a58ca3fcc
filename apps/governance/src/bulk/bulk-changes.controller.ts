import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { csvAnswer } from '#libs/service-kit/http/csv-answer.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { csvBodyOf } from '#libs/service-kit/input/csv-body.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers, AnswersFile, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { bulkChangeAnswer, bulkRowAnswer } from './bulk-changes.answers.js';
import { ApplyBulkDto, BulkChangeDto, BulkFileQuery } from './bulk-changes.dto.js';
import {
  DownloadBulkRows,
  GetBulkChange,
  ListBulkChanges,
  ListBulkRows,
  type BulkChangeView,
  type BulkRowView,
} from './bulk-changes.query.js';
import { rowsIn } from './bulk-rows.input.js';
import { applyingRefusals, cancellingRefusals, startingRefusals } from './bulk.errors.js';
import { ApplyBulk, CancelBulk, StartBulk } from './start-bulk.command.js';

const preparing =
  'Each row is decided as if it were asked for alone, by the same rules, and nothing is done: status is preview, then ready. ' +
  'Then rows say who would change and why others would not, and apply does it. At most 10,000 rows. Owners change holders of their own packages.';

/** Packages assigned, revoked and extended for many people at once. */
@ApiTags('bulk-changes')
@ApiBearerAuth()
@Controller('v1')
export class BulkChangesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('bulk-changes')
  @HttpCode(202)
  @Answers(202, bulkChangeAnswer, { headers: ['Location'] })
  @Refuses(startingRefusals)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'Prepare to assign, revoke, extend, certify or replace by a package for everybody who matches',
    description: preparing,
  })
  async prepare(
    @Body() { action, reason, endsAt, packageId, filter }: BulkChangeDto,
    @CurrentCaller() caller: Caller,
    @NewId() id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BulkChangeView> {
    const terms = { action, reason, endsAt: endsAt == null ? null : utcOf(endsAt) };
    return await this.started(new StartBulk(id, terms, { packageId, filter }, caller), response);
  }

  @Post('bulk-changes.csv')
  @HttpCode(202)
  @Answers(202, bulkChangeAnswer, { headers: ['Location'] })
  @Refuses({ ...startingRefusals, 413: ['too_large'], 415: ['unsupported_media_type'] })
  @Roles('policy-admin', 'approver', 'requester')
  @ApiConsumes('text/csv')
  @ApiBody({
    schema: { type: 'string' },
    examples: { csv: { value: 'employeeId,packageId,endsAt\n1001,wiki-editors,\n' } },
  })
  @ApiOperation({
    summary: 'The same for the people and packages of a file',
    description: `Columns packageId, employeeId or identityId, and endsAt. A row that cannot be read is refused and stops no other. ${preparing}`,
  })
  async prepareFile(
    @Query() { action, reason, endsAt }: BulkFileQuery,
    @CurrentCaller() caller: Caller,
    @NewId() id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BulkChangeView> {
    const rows = rowsIn(await csvBodyOf(request));
    const terms = { action, reason, endsAt: endsAt == null ? null : utcOf(endsAt) };
    return await this.started(new StartBulk(id, terms, rows, caller), response);
  }

  @Get('bulk-changes')
  @Answers(200, page(bulkChangeAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: "The caller's bulk changes, newest first; policy administrators and auditors see all",
    description: 'Filter by id, action, status, createdAt.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<BulkChangeView>> {
    return this.queries.execute(new ListBulkChanges({ limit, cursor, filter }, caller));
  }

  @Get('bulk-changes/:id')
  @Answers(200, bulkChangeAnswer)
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({ summary: 'A bulk change, and how far it is' })
  get(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<BulkChangeView> {
    return this.queries.execute(new GetBulkChange(uuidOf('bulk change', id), caller));
  }

  @Get('bulk-changes/:id/rows')
  @Answers(200, page(bulkRowAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: 'What became of each row, or would become of it',
    description: 'Filter by line, identityId, packageId, result, code.',
  })
  rows(
    @Param('id') id: string,
    @Query() { limit, cursor, filter }: PageQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<BulkRowView>> {
    return this.queries.execute(new ListBulkRows(uuidOf('bulk change', id), { limit, cursor, filter }, caller));
  }

  @Get('bulk-changes/:id/rows.csv')
  @AnswersFile('text/csv')
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({ summary: 'The same as a file' })
  async download(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<StreamableFile> {
    const bulkId = uuidOf('bulk change', id);
    const lines = await this.queries.execute(new DownloadBulkRows(bulkId, caller));
    return await csvAnswer(lines, `bulk-change-${bulkId}`);
  }

  @Post('bulk-changes/:id/apply')
  @HttpCode(202)
  @Answers(202, bulkChangeAnswer)
  @Refuses(applyingRefusals)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'Do it: every row that would change is decided again, and done',
    description:
      'Only who prepared it. One that takes access from more people than POLICY_BRAKE_PEOPLE, _PERCENT and _LEAST allow is 409, unless confirm gives their number.',
  })
  async apply(
    @Param('id') id: string,
    @Body() { confirm }: ApplyBulkDto,
    @CurrentCaller() caller: Caller,
  ): Promise<BulkChangeView> {
    const bulkId = uuidOf('bulk change', id);
    await this.commands.execute(new ApplyBulk(bulkId, confirm ?? null, caller));
    return await this.queries.execute(new GetBulkChange(bulkId, caller));
  }

  @Post('bulk-changes/:id/cancel')
  @HttpCode(200)
  @Answers(200, bulkChangeAnswer)
  @Refuses(cancellingRefusals)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({ summary: 'End it. What it has changed stays changed' })
  async cancel(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<BulkChangeView> {
    const bulkId = uuidOf('bulk change', id);
    await this.commands.execute(new CancelBulk(bulkId, caller));
    return await this.queries.execute(new GetBulkChange(bulkId, caller));
  }

  private async started(command: StartBulk, response: Response): Promise<BulkChangeView> {
    await this.commands.execute(command);
    response.location(`/governance/v1/bulk-changes/${command.id}`);
    return await this.queries.execute(new GetBulkChange(command.id, command.caller));
  }
}
