import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers, AnswersNothing } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import {
  ConnectorIdParam,
  connectorIdRule,
  ConnectorRows,
  type ConnectorView,
} from '../connectors/connectors.exports.js';
import { accountAnswer, operationAnswer, parkedAccountAnswer, unverifiedAnswer } from './accounts.answers.js';
import { AccountRows, type AccountView, type ParkedView } from './accounts.query.js';
import { ResolveParkedAccount } from './resolve-parked-account.command.js';
import { ConfirmRemoval } from './confirm-removal.command.js';
import { UnverifiedParam } from './unverified.dto.js';
import { UnverifiedRemovals, type UnverifiedView } from './unverified.query.js';
import { Operations, type OperationView } from './operations.query.js';

class ParkedParam {
  @ApiProperty({ example: 'wiki' })
  @Matches(connectorIdRule, { message: 'must match [a-z0-9][a-z0-9-]{0,62}' })
  readonly id!: string;

  @ApiProperty({ description: 'Id of the identity whose account is parked', format: 'uuid' })
  @IsUUID(undefined, { message: 'must be the id of a parked account' })
  readonly parked!: string;
}

class AccountDismissal {
  @ApiPropertyOptional({
    description: 'The reason why it may stay as it is; the audit log keeps it',
    example: 'She keeps her old account until June',
  })
  @IsOptional()
  @IsFilledText(2000)
  readonly reason?: string | null;
}

class OperationsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only operations for this identity', format: 'uuid' })
  @IsOptional()
  @IsUUID(undefined, { message: 'must be the id of an identity' })
  readonly identity?: string;
}

/** The accounts of a connector: their state, their operations, and those that wait for a person. */
@ApiTags('accounts')
@ApiBearerAuth()
@Controller('v1/connectors')
export class AccountsController {
  constructor(
    private readonly rows: AccountRows,
    private readonly log: Operations,
    private readonly removals: UnverifiedRemovals,
    private readonly connectors: ConnectorRows,
    private readonly commands: CommandBus,
  ) {}

  @Get(':id/accounts')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'Accounts, by identity, also those that do not exist yet',
    description:
      'Filter by identity, application, account, status (absent, active, disabled, deleted), userName, inSync, waiting, attempts, failingSince and parked. ' +
      'Failed accounts are tried again automatically, at least each minute: `attempts ge 5` finds those to look at. Parked accounts wait for a person.',
  })
  @Answers(200, page(accountAnswer))
  async accounts(@Param() { id }: ConnectorIdParam, @Query() query: PageQuery): Promise<Page<AccountView>> {
    const { coverage } = await this.requireDefined(id);
    return await this.rows.accounts(id, coverage, query);
  }

  @Get(':id/operations')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'Operations, newest first. A page may be short, or empty, while nextCursor says that there is more.',
    description:
      'Filter by operation, type, kind, identity, account, group, role, status, code, effect, seen and at. `id` and `type` are those of the entry in the audit log.',
  })
  @Answers(200, page(operationAnswer))
  async operations(@Param() { id }: ConnectorIdParam, @Query() query: OperationsQuery): Promise<Page<OperationView>> {
    await this.requireDefined(id);
    const { identity: of } = query;
    return of === undefined ? await this.log.ofConnector(id, query) : await this.log.ofIdentity(id, of, query);
  }

  @Get(':id/unverified-removals')
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'Removals that this application cannot show',
    description:
      'The application answered with success, but never shows members or whether an account is active. Filter by id, kind, person.id, application, account, group and role.',
  })
  @Answers(200, page(unverifiedAnswer))
  async unverified(@Param() { id }: ConnectorIdParam, @Query() query: PageQuery): Promise<Page<UnverifiedView>> {
    await this.requireDefined(id);
    return await this.removals.page(id, query);
  }

  @Post(':id/unverified-removals/:removal/confirm')
  @HttpCode(204)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Confirm that you looked in the application and the access is gone',
    description: 'The removal then counts as verified. The audit log records who confirmed it.',
  })
  @AnswersNothing()
  async confirm(@Param() { id, removal }: UnverifiedParam, @CurrentCaller() caller: Caller): Promise<void> {
    await this.commands.execute(new ConfirmRemoval(id, removal, causationOf(caller)));
  }

  @Get(':id/parked')
  @Roles('connector-admin')
  @ApiOperation({ summary: 'Parked accounts: what the application or the matching rule refused' })
  @Answers(200, page(parkedAccountAnswer))
  async parked(@Param() { id }: ConnectorIdParam, @Query() query: PageQuery): Promise<Page<ParkedView>> {
    await this.requireDefined(id);
    return await this.rows.parked(id, query);
  }

  @Post(':id/parked/:parked/retry')
  @HttpCode(204)
  @Roles('connector-admin')
  @ApiOperation({ summary: 'Try it again' })
  @AnswersNothing()
  async retry(@Param() { id, parked }: ParkedParam, @CurrentCaller() caller: Caller): Promise<void> {
    await this.commands.execute(new ResolveParkedAccount(id, parked, { do: 'retry' }, causationOf(caller)));
  }

  @Post(':id/parked/:parked/dismiss')
  @HttpCode(204)
  @Roles('connector-admin')
  @ApiOperation({
    summary: 'Leave the account as it is until its desired access changes',
    description: 'The audit log records who did it, when and why.',
  })
  @AnswersNothing()
  async dismiss(
    @Param() { id, parked }: ParkedParam,
    @Body() { reason = null }: AccountDismissal,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    await this.commands.execute(new ResolveParkedAccount(id, parked, { do: 'dismiss', reason }, causationOf(caller)));
  }

  private async requireDefined(connector: string): Promise<ConnectorView> {
    const view = await this.connectors.view(connector);
    if (view === null) throw new NotFound('connector', connector);
    return view;
  }
}
