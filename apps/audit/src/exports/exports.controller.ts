import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, StreamableFile } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { isUuid } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import { Answers, AnswersFile, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { InvalidInput, NotFound, RequestProblem } from '#libs/problems/problem.js';
import { pastInstant } from '../log/log.exports.js';
import { EvidencePacks } from './evidence-packs.query.js';
import { ExportJobs, type ExportJob, type ExportScope } from './export-job.store.js';
import { exportAnswer, type ExportView } from './exports.answers.js';
import { ExportDto } from './exports.dto.js';
import { StartExport } from './start-export.command.js';

@ApiTags('exports')
@ApiBearerAuth()
@Controller('v1/exports')
export class ExportsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly jobs: ExportJobs,
    private readonly packs: EvidencePacks,
    private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(202)
  @Roles('auditor')
  @ApiOperation({
    summary: 'Request an evidence pack: entries with proofs, the access timeline and a signed checkpoint',
  })
  @Answers(202, exportAnswer, { headers: ['Location'] })
  @Refuses({ 404: ['not_found'] })
  async start(
    @Body() body: ExportDto,
    @CurrentCaller() caller: Caller,
    @NewId() newId: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExportView> {
    const id = await this.commands.execute(new StartExport(scopeOf(body, this.clock.now()), caller.actor, newId));
    const path = `${pathOf(request)}/${id}`;
    response.location(path);
    return viewOf(await this.job(id), path);
  }

  @Get(':id')
  @Roles('auditor')
  @ApiOperation({ summary: 'The state of an export' })
  @Answers(200, exportAnswer)
  async get(@Param('id') id: string, @Req() request: Request): Promise<ExportView> {
    return viewOf(await this.job(id), pathOf(request));
  }

  @Get(':id/pack')
  @Roles('auditor')
  @ApiOperation({ summary: 'The evidence pack; verify it anywhere with `hub verify PACK`' })
  @AnswersFile('application/zip')
  @Refuses({ 409: ['export.not_ready'] })
  async pack(@Param('id') id: string): Promise<StreamableFile> {
    const job = await this.job(id);
    if (job.status !== 'completed') {
      throw new RequestProblem(409, 'export.not_ready', job.error ?? 'the export is still running: ask again shortly');
    }
    const pack = await this.packs.of(job);
    return new StreamableFile(pack, {
      type: 'application/zip',
      disposition: `attachment; filename="evidence-${job.id}.zip"`,
      length: pack.length,
    });
  }

  private async job(id: string): Promise<ExportJob> {
    const [job] = isUuid(id) ? await this.jobs.get([id]) : [];
    if (job === undefined) throw new NotFound('export', id);
    return job;
  }
}

const pathOf = (request: Request): string => request.originalUrl.split('?')[0] ?? '';

function scopeOf({ scope, from, to }: ExportDto, now: string): ExportScope {
  const time = { from: pastInstant('/from', from, now), to: pastInstant('/to', to, now) };
  if (time.from > time.to) throw new InvalidInput([{ pointer: '/to', detail: 'must not be before from' }]);
  const { identity, application } = scope;
  if (identity !== undefined && application === undefined)
    return { kind: 'identity', id: identity.toLowerCase(), ...time };
  if (application !== undefined && identity === undefined) return { kind: 'application', id: application, ...time };
  throw new InvalidInput([{ pointer: '/scope', detail: 'must name either an identity or an application' }]);
}

function viewOf(
  { id, status, scope, size, entries, error, requestedAt, finishedAt }: ExportJob,
  path: string,
): ExportView {
  const of = scope.kind === 'identity' ? { identity: scope.id } : { application: scope.id };
  const href = status === 'completed' ? `${path}/pack` : null;
  return { id, status, scope: of, from: scope.from, to: scope.to, size, entries, href, error, requestedAt, finishedAt };
}
