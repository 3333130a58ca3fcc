import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, type StreamableFile } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { csvAnswer } from '#libs/service-kit/http/csv-answer.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers, AnswersFile, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { ConnectorIdParam, ConnectorRows, type ConnectorView, DryRunQuery } from '../connectors/connectors.exports.js';
import { type DecidedOwnership, DecideOwnership } from './decide-ownership.command.js';
import { decidedOwnershipAnswer, observedAccountAnswer } from './observed-accounts.answers.js';
import { ObservedAccountRows, type ObservedAccountView } from './observed-accounts.query.js';
import { FileQuery, OwnershipDto } from './ownership.dto.js';
import { ownershipFileOf } from './ownership-file.input.js';
import type { StatedOwnership } from './ownership.js';

/** Accounts as the application showed them, and whose they are. */
@ApiTags('readings')
@ApiBearerAuth()
@Controller('v1/connectors')
export class ObservedAccountsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly connectors: ConnectorRows,
    private readonly rows: ObservedAccountRows,
  ) {}

  @Get(':id/observed-accounts')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'Accounts that the application has, and whose they are, as of the last reading',
    description:
      'classification: matched (one person’s), ambiguous (a person must say whose), person-without-match (nobody is known), not-a-person, ghost (it may be used and its person has left). ' +
      'Filter by account, userName, externalId, active, classification, identity, why, decision, firstSeenAt, changedAt, missing.',
  })
  @Answers(200, page(observedAccountAnswer))
  async list(@Param() { id }: ConnectorIdParam, @Query() query: PageQuery): Promise<Page<ObservedAccountView>> {
    const { coverage } = await this.defined(id);
    return await this.rows.page(id, coverage, query);
  }

  @Get(':id/observed-accounts.csv')
  @AnswersFile('text/csv')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'The same as a file, for the owner of the application',
    description:
      'The owner fills in decision (person, not-a-person, open), identity or kind, and reason. POST …/observed-accounts/decisions/import takes the file back.',
  })
  async download(@Param() { id }: ConnectorIdParam, @Query() { filter }: FileQuery): Promise<StreamableFile> {
    await this.defined(id);
    const lines = this.rows.lines(id, filter);
    return await csvAnswer(lines, `accounts-${id}`);
  }

  @Post(':id/observed-accounts/decisions')
  @HttpCode(200)
  @Roles('connector-admin', 'requester', 'approver')
  @ApiOperation({
    summary: 'Say whose an account is, by an owner of the application or a connector-admin',
    description:
      'The decision counts for every later reading, until it is decided otherwise. The audit log keeps who and why.',
  })
  @Answers(200, decidedOwnershipAnswer)
  @Refuses({ 403: ['connector.not_owner'], 404: ['connector.not_defined'] })
  async decide(
    @Param() { id }: ConnectorIdParam,
    @Body() input: OwnershipDto,
    @CurrentCaller() caller: Caller,
  ): Promise<DecidedOwnership> {
    const row = { line: 0, accountId: input.account, reason: input.reason, ...statedOf(input) };
    const done = await this.commands.execute(new DecideOwnership(id, [row], caller, causationOf(caller), false));
    if (done.rejections.length > 0)
      throw new InvalidInput(done.rejections.map(({ column, detail }) => ({ pointer: `/${column ?? ''}`, detail })));
    return done;
  }

  @Post(':id/observed-accounts/decisions/import')
  @HttpCode(200)
  @Roles('connector-admin', 'requester', 'approver')
  @ApiOperation({
    summary: 'Say whose accounts are, by a file: the one that …/observed-accounts.csv gave, filled in',
    description:
      'A line without decision is left out. A wrong line is rejected with its number and column; the others count. With dryRun=true nothing is decided. A file that decides an account twice is refused.',
  })
  @ApiConsumes('text/csv')
  @ApiBody({
    schema: { type: 'string' },
    examples: {
      csv: { value: 'account,decision,identity,kind,reason\n2819c224,not-a-person,,service,Runs the backup\n' },
    },
  })
  @Answers(200, decidedOwnershipAnswer)
  @Refuses({
    403: ['connector.not_owner'],
    404: ['connector.not_defined'],
    413: ['too_large'],
    415: ['unsupported_media_type'],
  })
  async upload(
    @Param() { id }: ConnectorIdParam,
    @Query() { dryRun }: DryRunQuery,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
  ): Promise<DecidedOwnership> {
    const { rows, rejections } = await ownershipFileOf(request);
    const decide = new DecideOwnership(id, rows, caller, causationOf(caller), dryRun === 'true');
    const done = await this.commands.execute(decide);
    const all = [...rejections, ...done.rejections].sort((one, other) => one.line - other.line);
    return { ...done, rejections: all };
  }

  private async defined(id: string): Promise<ConnectorView> {
    const view = await this.connectors.view(id);
    if (view === null) throw new NotFound('connector', id);
    return view;
  }
}

/** @throws InvalidInput for a decision that does not say enough */
function statedOf({ decision, identity, kind }: OwnershipDto): StatedOwnership {
  const missing = (field: string, what: string): InvalidInput =>
    new InvalidInput([{ pointer: `/${field}`, detail: `is missing: ${what}` }]);
  switch (decision) {
    case 'person':
      if (identity === undefined || identity === null) throw missing('identity', 'say whose account it is');
      return { decision, identityId: identity, kind: null };
    case 'not-a-person':
      if (kind === undefined || kind === null) throw missing('kind', 'say what it is');
      return { decision, identityId: null, kind };
    case 'open':
      return { decision, identityId: null, kind: null };
  }
}
