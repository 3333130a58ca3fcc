import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/page.js';
import { NotFound, problemStatus } from '#libs/service-kit/problem.js';
import { Checkpoints } from './checkpoints.js';
import { GetEntry, ListEntries, type EntryView } from './list-entries.query.js';
import { LogKeys } from './log-key.store.js';
import { ConsistencyQuery, entryExample, IndexParam, ProofQuery, proofExample } from './log.dto.js';
import { ProveConsistency, ProveInclusion, type ConsistencyProof, type InclusionProof } from './read-proofs.query.js';

problemStatus({ 'log.inconsistent': 500 });

@ApiTags('log')
@ApiBearerAuth()
@Controller('v1')
export class LogController {
  constructor(
    private readonly queries: QueryBus,
    private readonly checkpoints: Checkpoints,
    private readonly keys: LogKeys,
  ) {}

  @Get('entries')
  @Roles('auditor')
  @ApiOperation({
    summary: 'Entries of the log, oldest first; `filter` is a SCIM filter',
    description:
      '`actor` is `identity/` and an identity’s id, `service/` and a name, or `subject/` and a UUID: a token without identity, which `hub actor SUBJECT` tells of each subject. ' +
      'A filter may use index, id, type, source, subject, sequence, epoch, actor, identity, application, correlationId, causationId, occurredAt and recordedAt.',
  })
  @ApiOkResponse({ schema: { example: { items: [entryExample], nextCursor: null } } })
  async entries(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<EntryView>> {
    return await this.queries.execute(new ListEntries(limit, cursor, filter));
  }

  @Get('entries/:index')
  @Roles('auditor')
  @ApiOperation({ summary: 'One entry' })
  @ApiOkResponse({ schema: { example: entryExample } })
  async entry(@Param() { index }: IndexParam): Promise<EntryView> {
    const entry = await this.queries.execute(new GetEntry(index));
    if (entry === null) throw new NotFound('entry', String(index));
    return entry;
  }

  @Get('entries/:index/proof')
  @Roles('auditor')
  @ApiOperation({ summary: 'That an entry is in the log (RFC 6962 audit path)' })
  @ApiOkResponse({ schema: { example: proofExample } })
  async proof(@Param() { index }: IndexParam, @Query() { size }: ProofQuery): Promise<InclusionProof> {
    return await this.queries.execute(new ProveInclusion(index, size ?? null));
  }

  @Get('consistency')
  @Roles('auditor')
  @ApiOperation({ summary: 'That nothing before a checkpoint was changed after it (RFC 6962 consistency proof)' })
  @ApiOkResponse({
    schema: {
      example: {
        from: 17,
        to: 40,
        path: proofExample.path,
        fromRoot: proofExample.leafHash,
        toRoot: proofExample.root,
      },
    },
  })
  async consistency(@Query() { from, to }: ConsistencyQuery): Promise<ConsistencyProof> {
    return await this.queries.execute(new ProveConsistency(from, to ?? null));
  }

  @Get('checkpoint')
  @Roles('auditor')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'The signed checkpoint over all entries of this moment (C2SP signed note)' })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    schema: { type: 'string', example: 'identity-hub/audit/…\n40\nA3Zk…\n\n— identity-hub/audit/… q1MK…\n' },
  })
  async checkpoint(): Promise<string> {
    return (await this.checkpoints.current()).note;
  }

  @Get('checkpoint/key')
  @Roles('auditor')
  @ApiOperation({
    summary: 'What checkpoints and evidence packs of this log are verified with; keep it somewhere else',
  })
  @ApiOkResponse({ schema: { example: { origin: 'identity-hub/audit/…', vkey: 'identity-hub/audit/…+5c1ed3c2+AW…' } } })
  async key(): Promise<{ origin: string; vkey: string }> {
    const { origin, vkey } = await this.keys.get();
    return { origin, vkey };
  }
}
