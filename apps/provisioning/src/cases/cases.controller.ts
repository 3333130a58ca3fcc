import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import {
  caseAnswer,
  caseDetailAnswer,
  caseGroupsAnswer,
  resolvedCasesAnswer,
  type CaseDetail,
  type CaseGroups,
  type ResolvedCases,
} from './cases.answers.js';
import {
  CaseAssignment,
  CaseComment,
  CaseDismissal,
  CaseGroupsQuery,
  CaseParam,
  CaseRedrive,
  CaseRetry,
} from './cases.dto.js';
import { CaseList, type CaseView } from './cases.query.js';
import { Cases } from './cases.stream.js';
import { NoteCase } from './note-case.command.js';
import { RedriveCase } from './redrive-case.command.js';
import { ResolveCase } from './resolve-case.command.js';

const filters =
  'Filter by id, kind, code, cause, person.id, person.employeeId, application, connector, assignee, since and dueAt.';

/** Everything in applications that waits for a person. */
@ApiTags('cases')
@ApiBearerAuth()
@Controller('v1/cases')
export class CasesController {
  constructor(
    private readonly cases: CaseList,
    private readonly notes: Cases,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Roles('connector-admin', 'auditor', 'security')
  @ApiOperation({
    summary: 'What waits for a person, over all connectors; what is due first comes first',
    description:
      'exposure: access that should have ended; held: removals beyond the limit; dispute: whose account it is; drift: changed in the application; parked: refused; ' +
      `failing: tried again and again for more than an hour, and due after a day; task: a person has not answered it in time; connector: it does not work. cause is the reason without the parts that vary. ${filters}`,
  })
  @Answers(200, page(caseAnswer))
  list(@Query() query: PageQuery): Promise<Page<CaseView>> {
    return this.cases.page(query);
  }

  @Get('groups')
  @Roles('connector-admin', 'auditor', 'security')
  @ApiOperation({ summary: 'Cases by root cause, the largest group first', description: filters })
  @Answers(200, caseGroupsAnswer)
  async groups(@Query() { filter }: CaseGroupsQuery): Promise<CaseGroups> {
    return { groups: await this.cases.groups(filter) };
  }

  @Get(':case')
  @Roles('connector-admin', 'auditor', 'security')
  @ApiOperation({ summary: 'One case, with its comments' })
  @Answers(200, caseDetailAnswer)
  one(@Param() { case: id }: CaseParam): Promise<CaseDetail> {
    return this.shown(id);
  }

  @Post(':case/retry')
  @HttpCode(202)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Try the parked account of a case again; with alike, up to 500 that are parked for the same cause',
  })
  @Answers(202, resolvedCasesAnswer)
  @Refuses({ 409: ['case.not_parked'] })
  retry(
    @Param() { case: id }: CaseParam,
    @Body() { alike }: CaseRetry,
    @CurrentCaller() caller: Caller,
  ): Promise<ResolvedCases> {
    return this.commands.execute(new ResolveCase(id, { do: 'retry' }, alike ?? false, causationOf(caller)));
  }

  @Post(':case/redrive')
  @HttpCode(202)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Correct the mapping or scope of the connector, and try the parked account of a case again',
    description:
      'See before what it gives: POST …/connectors/ID/provision-on-demand with dryRun, the person of the case and the same mapping shows the new request and each value beside the one of today. The document of the connector changes, so that every account is looked at again; with alike, up to 500 that are parked for the same cause go first. reason becomes a comment of the case. Where it takes accounts from many, confirm says from how many.',
  })
  @Answers(202, resolvedCasesAnswer)
  @Refuses({ 409: ['case.not_parked', 'connector.takes_accounts'] })
  redrive(
    @Param() { case: id }: CaseParam,
    @Body() { alike, confirm, reason, ...change }: CaseRedrive,
    @CurrentCaller() caller: Caller,
  ): Promise<ResolvedCases> {
    if (Object.values(change).every((one) => one === undefined))
      throw new InvalidInput([{ pointer: '/mapping', detail: 'is missing: give what changes, or retry the case' }]);
    const how = { alike: alike ?? false, confirmed: confirm ?? null, reason };
    return this.commands.execute(new RedriveCase(id, change, how, causationOf(caller)));
  }

  @Post(':case/dismiss')
  @HttpCode(200)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Leave the parked account of a case as it is, until its desired access changes',
    description:
      'What is exposed stays an exposure. With alike, up to 500 accounts that are parked for the same cause.',
  })
  @Answers(200, resolvedCasesAnswer)
  @Refuses({ 409: ['case.not_parked'] })
  dismiss(
    @Param() { case: id }: CaseParam,
    @Body() { reason, alike }: CaseDismissal,
    @CurrentCaller() caller: Caller,
  ): Promise<ResolvedCases> {
    return this.commands.execute(new ResolveCase(id, { do: 'dismiss', reason }, alike ?? false, causationOf(caller)));
  }

  @Post(':case/comments')
  @HttpCode(201)
  @Roles('connector-admin', 'security')
  @ApiOperation({ summary: 'Comment a case; the audit log keeps it' })
  @Answers(201, caseDetailAnswer)
  async comment(
    @Param() { case: id }: CaseParam,
    @Body() { text }: CaseComment,
    @CurrentCaller() caller: Caller,
  ): Promise<CaseDetail> {
    await this.commands.execute(new NoteCase(id, { comment: text }, causationOf(caller)));
    return await this.shown(id);
  }

  @Post(':case/assign')
  @HttpCode(200)
  @Roles('connector-admin', 'security')
  @ApiOperation({ summary: 'Say who looks after a case' })
  @Answers(200, caseDetailAnswer)
  async assign(
    @Param() { case: id }: CaseParam,
    @Body() { assignee }: CaseAssignment,
    @CurrentCaller() caller: Caller,
  ): Promise<CaseDetail> {
    await this.commands.execute(new NoteCase(id, { assignee: assignee ?? null }, causationOf(caller)));
    return await this.shown(id);
  }

  private async shown(id: string): Promise<CaseDetail> {
    const found = await this.cases.one(id);
    if (found === null) throw new NotFound('case', id);
    const { state } = await this.notes.load(id);
    return { ...found, notes: state.comments };
  }
}
