import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { csvBodyOf } from '#libs/service-kit/input/csv-body.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { ConnectorIdParam } from '../connectors/connectors.exports.js';
import { accountListAnswer, receivedListAnswer } from './account-lists.answers.js';
import { ReceiveListQuery } from './account-lists.dto.js';
import { AccountListRows, type AccountListView } from './account-lists.query.js';
import { type ReceivedList, ReceiveList } from './receive-list.command.js';

/** Lists of accounts that owners of applications without an API upload. */
@ApiTags('account lists')
@ApiBearerAuth()
@Controller('v1/connectors')
export class AccountListsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly rows: AccountListRows,
  ) {}

  @Post(':id/account-list')
  @HttpCode(200)
  @Roles('connector-admin', 'requester', 'approver')
  @ApiOperation({
    summary: 'Say which accounts an application has, by a dated file, as its owner or a connector-admin',
    description:
      'The columns are those that `file` in the connector document names; others are left out. What the file does not name is gone, unless a line was rejected. What people confirmed after asOf stays. ' +
      'Tasks that the file shows as done are confirmed. A reading follows: the file counts as what the application showed. With dryRun=true nothing is kept. A file that states an account twice is refused.',
  })
  @ApiConsumes('text/csv')
  @ApiBody({
    schema: { type: 'string' },
    examples: { csv: { value: 'Login,Name,Status,Groups\nada,Ada Lovelace,active,Tower;Vault\n' } },
  })
  @Answers(200, receivedListAnswer)
  @Refuses({
    403: ['connector.not_owner'],
    404: ['connector.not_defined'],
    409: ['account_list.older', 'account_list.not_taken'],
    413: ['too_large'],
    415: ['unsupported_media_type'],
  })
  async receive(
    @Param() { id }: ConnectorIdParam,
    @Query() { asOf, dryRun }: ReceiveListQuery,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
  ): Promise<ReceivedList> {
    const list = { text: await csvBodyOf(request), asOf: utcOf(asOf), dryRun: dryRun === 'true' };
    return await this.commands.execute(new ReceiveList(id, list, caller, causationOf(caller)));
  }

  @Get(':id/account-list')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({ summary: 'The newest list of accounts that somebody uploaded, and whether it is too old' })
  @Answers(200, accountListAnswer)
  async one(@Param() { id }: ConnectorIdParam): Promise<AccountListView> {
    const view = await this.rows.one(id);
    if (view === null) throw new NotFound('account list', id);
    return view;
  }
}
