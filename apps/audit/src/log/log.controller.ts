import { Readable } from 'node:stream';
import { Controller, Get, Header, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers, AnswersFile, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page, text, type Schema } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { Checkpoints } from './checkpoints.store.js';
import { GetEntry, ListEntries, type EntryView } from './list-entries.query.js';
import { LogCheck, type CheckResult } from './log-check.process.js';
import { LogKeys } from './log-key.store.js';
import {
  checkAnswer,
  consistencyAnswer,
  entryAnswer,
  inclusionAnswer,
  logKeyAnswer,
  type LogKeyView,
} from './log.answers.js';
import { ConsistencyQuery, IndexParam, ProofQuery } from './log.dto.js';
import { WholeLog } from './whole-log.query.js';
import { ProveConsistency, ProveInclusion, type ConsistencyProof, type InclusionProof } from './read-proofs.query.js';

const inconsistent = { 500: ['log.inconsistent', 'log.not_recorded'], 503: ['log.not_witnessed'] };
const signedNote: Schema<string> = {
  ...text,
  example: 'identity-hub/audit/…\n40\nA3Zk…\n\n— identity-hub/audit/… q1MK…\n',
};

@ApiTags('log')
@ApiBearerAuth()
@Controller('v1')
export class LogController {
  constructor(
    private readonly queries: QueryBus,
    private readonly checkpoints: Checkpoints,
    private readonly keys: LogKeys,
    private readonly check: LogCheck,
    private readonly log: WholeLog,
  ) {}

  @Get('entries')
  @Roles('auditor')
  @ApiOperation({
    summary: 'Entries of the log, oldest first; `filter` is a SCIM filter',
    description:
      '`actor` is `identity/` and an identity’s id, `service/` and a name, or `subject/` and a UUID: a token without identity, which `hub actor SUBJECT` computes for a subject. ' +
      'A filter may use index, id, type, source, subject, sequence, epoch, actor, identity, application, correlationId, causationId, occurredAt and recordedAt.',
  })
  @Answers(200, page(entryAnswer))
  @Refuses({ 404: ['not_found'] })
  async entries(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<EntryView>> {
    return await this.queries.execute(new ListEntries(limit, cursor, filter));
  }

  @Get('entries/:index')
  @Roles('auditor')
  @ApiOperation({ summary: 'One entry' })
  @Answers(200, entryAnswer)
  async entry(@Param() { index }: IndexParam): Promise<EntryView> {
    const entry = await this.queries.execute(new GetEntry(index));
    if (entry === null) throw new NotFound('entry', String(index));
    return entry;
  }

  @Get('entries/:index/proof')
  @Roles('auditor')
  @ApiOperation({ summary: 'Prove that an entry is in the log (RFC 6962 audit path)' })
  @Answers(200, inclusionAnswer)
  @Refuses(inconsistent)
  async proof(@Param() { index }: IndexParam, @Query() { size }: ProofQuery): Promise<InclusionProof> {
    return await this.queries.execute(new ProveInclusion(index, size ?? null));
  }

  @Get('consistency')
  @Roles('auditor')
  @ApiOperation({ summary: 'Prove that nothing before a checkpoint was changed later (RFC 6962 consistency proof)' })
  @Answers(200, consistencyAnswer)
  @Refuses(inconsistent)
  async consistency(@Query() { from, to }: ConsistencyQuery): Promise<ConsistencyProof> {
    return await this.queries.execute(new ProveConsistency(from, to ?? null));
  }

  @Get('checkpoint')
  @Roles('auditor')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'The newest signed checkpoint of all entries (C2SP signed note)' })
  @Answers(200, signedNote, { type: 'text/plain' })
  @Refuses(inconsistent)
  async checkpoint(): Promise<string> {
    return (await this.checkpoints.current()).note;
  }

  @Post('checks')
  @HttpCode(200)
  @Roles('auditor')
  @ApiOperation({ summary: 'Hash the whole stored log again and name the first damaged entry' })
  @Answers(200, checkAnswer)
  async checks(): Promise<CheckResult> {
    return await this.check.whole();
  }

  @Get('log')
  @Roles('auditor')
  @ApiOperation({
    summary: 'The whole log as one file (NDJSON): key and checkpoint, then every entry; `hub verify` checks it',
  })
  @AnswersFile('application/x-ndjson')
  @Refuses(inconsistent)
  async whole(): Promise<StreamableFile> {
    const lines = Readable.from(this.log.lines(await this.checkpoints.current()), { objectMode: false });
    return new StreamableFile(lines, {
      type: 'application/x-ndjson',
      disposition: 'attachment; filename="log.ndjson"',
    });
  }

  @Get('checkpoint/key')
  @Roles('auditor')
  @ApiOperation({
    summary: 'The key that verifies checkpoints and evidence packs of this log. Keep a copy outside the hub',
  })
  @Answers(200, logKeyAnswer)
  async key(): Promise<LogKeyView> {
    const { origin, vkey } = await this.keys.get();
    return { origin, vkey };
  }
}
