import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, type StreamableFile } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { csvAnswer } from '#libs/service-kit/http/csv-answer.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers, AnswersFile, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { ConnectorIdParam, ConnectorRows, NotOwner } from '../connectors/connectors.exports.js';
import { FileQuery } from '../matching/matching.exports.js';
import { AskPreview } from './ask-preview.command.js';
import { askedOf } from './purpose.input.js';
import { AskPreviewDto, PreviewParam } from './preview.dto.js';
import { previewAnswer, previewItemAnswer } from './previews.answers.js';
import { type PreviewItemView, Previews, type PreviewView } from './previews.store.js';

const notOwner = { 403: ['connector.not_owner'] };

/** What enforcing a connector would do, before anything is written. */
@ApiTags('previews')
@ApiBearerAuth()
@Controller('v1/connectors')
export class PreviewsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly connectors: ConnectorRows,
    private readonly previews: Previews,
  ) {}

  @Post(':id/preview')
  @HttpCode(202)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Find out what enforcing the connector would do. Nothing is written',
    description:
      'From what is desired, what the hub keeps, and what the last reading showed: whom it would create, link, change (each attribute before and after), enable, disable or delete, and which groups and roles it would give and take. With filter or identities it is a pilot for these people. With orphans it shows the accounts of nobody known that would be disabled, with authoritative who would lose these groups and roles. GET it until it is ready; POST …/release enforces exactly it.',
  })
  @Answers(202, previewAnswer, { headers: ['Location'] })
  @Refuses({ 404: ['connector.not_defined'], 409: ['connector.observes'] })
  async make(
    @Param() { id }: ConnectorIdParam,
    @Body() input: AskPreviewDto,
    @CurrentCaller() caller: Caller,
    @NewId() newId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PreviewView> {
    const { people, purpose } = askedOf(input);
    await this.commands.execute(new AskPreview(id, newId, people, purpose, causationOf(caller)));
    response.location(`/provisioning/v1/connectors/${id}/previews/${newId}`);
    return await this.found(id, newId);
  }

  @Get(':id/previews/:preview')
  @Roles('connector-admin', 'auditor', 'requester', 'approver')
  @ApiOperation({ summary: 'A preview: how far it is, what it counts, and what became of its release' })
  @Answers(200, previewAnswer)
  @Refuses(notOwner)
  async get(@Param() { id, preview }: PreviewParam, @CurrentCaller() caller: Caller): Promise<PreviewView> {
    await this.mayRead(id, caller);
    return await this.found(id, preview);
  }

  @Get(':id/previews')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({ summary: 'Previews of a connector, newest first', description: 'Filter by id, status, madeAt.' })
  @Answers(200, page(previewAnswer))
  async list(@Param() { id }: ConnectorIdParam, @Query() query: PageQuery): Promise<Page<PreviewView>> {
    if ((await this.connectors.view(id)) === null) throw new NotFound('connector', id);
    return await this.previews.page(id, query);
  }

  @Get(':id/previews/:preview/items')
  @Roles('connector-admin', 'auditor', 'requester', 'approver')
  @ApiOperation({
    summary: 'What a preview shows for each person, by identity',
    description:
      'keeps is what the account holds already of what the person should have. Filter by identity, effect, account, userName, leftOut.',
  })
  @Answers(200, page(previewItemAnswer))
  @Refuses(notOwner)
  async items(
    @Param() { id, preview }: PreviewParam,
    @Query() query: PageQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<PreviewItemView>> {
    await this.mayRead(id, caller);
    await this.found(id, preview);
    return await this.previews.items(preview, query);
  }

  @Get(':id/previews/:preview/items.csv')
  @AnswersFile('text/csv')
  @Roles('connector-admin', 'auditor', 'requester', 'approver')
  @ApiOperation({ summary: 'The same as a file: one line for each attribute, group and role' })
  @Refuses(notOwner)
  async download(
    @Param() { id, preview }: PreviewParam,
    @Query() { filter }: FileQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<StreamableFile> {
    await this.mayRead(id, caller);
    await this.found(id, preview);
    const lines = this.previews.lines(preview, filter);
    return await csvAnswer(lines, `preview-${id}`);
  }

  /** Owners of the application read what they release. */
  private async mayRead(id: string, caller: Caller): Promise<void> {
    if (caller.roles.includes('auditor') || (await this.connectors.mayManage(id, caller))) return;
    throw new NotOwner('only an owner of the application, a connector-admin or an auditor reads its previews', {
      connector: id,
    });
  }

  private async found(id: string, preview: string): Promise<PreviewView> {
    const found = await this.previews.get(id, preview);
    if (found === null) throw new NotFound('preview', preview);
    return found;
  }
}
