import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { LockDownIdentity, ReleaseLockdown } from './lock-down.command.js';
import { releaseRefusals } from './lockdown.errors.js';
import { lockdownAnswer } from './lockdowns.answers.js';
import { GetLockdown, type LockdownView } from './lockdowns.query.js';

export class LockdownDto {
  @ApiProperty({ example: 'Credentials were stolen' })
  @IsFilledText(2000)
  readonly reason!: string;
}

@ApiTags('lockdowns')
@ApiBearerAuth()
@Controller('v1/identities/:id')
export class LockdownsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('lockdown')
  @HttpCode(202)
  @Answers(202, lockdownAnswer, { headers: ['Location'] })
  @Roles('security')
  @ApiOperation({
    summary: 'Emergency off-boarding: end everything that a person has, at once',
    description:
      'Refuses their tokens, cancels their requests and delegations, ends all their assignments and disables every account. No later HR record and no approval gives anything back until a second person releases the lockdown. ' +
      'The receipts say for each application whether the removal is pending, done (a reading showed it), not-verifiable or failed; GET the Location for their newest state. The same call again changes nothing.',
  })
  async lockDown(
    @Param('id') id: string,
    @Body() { reason }: LockdownDto,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LockdownView> {
    const identityId = uuidOf('identity', id);
    await this.commands.execute(new LockDownIdentity({ identityId, reason, caller }));
    response.location(`/governance/v1/identities/${identityId}/lockdown`);
    return await this.queries.execute(new GetLockdown(identityId));
  }

  @Get('lockdown')
  @Answers(200, lockdownAnswer)
  @Roles('security', 'auditor')
  @ApiOperation({ summary: 'The newest lockdown of a person, with a receipt for each application' })
  get(@Param('id') id: string): Promise<LockdownView> {
    return this.queries.execute(new GetLockdown(uuidOf('identity', id)));
  }

  @Post('release-lockdown')
  @HttpCode(200)
  @Answers(200, lockdownAnswer)
  @Refuses(releaseRefusals)
  @Roles('security')
  @ApiOperation({
    summary: 'End a lockdown; takes another person than the one who locked',
    description:
      'The person is again what HR states, with what birthright rules give. Access that was requested has to be requested again.',
  })
  async release(
    @Param('id') id: string,
    @Body() { reason }: LockdownDto,
    @CurrentCaller() caller: Caller,
  ): Promise<LockdownView> {
    const identityId = uuidOf('identity', id);
    await this.commands.execute(new ReleaseLockdown({ identityId, reason, caller }));
    return await this.queries.execute(new GetLockdown(identityId));
  }
}
