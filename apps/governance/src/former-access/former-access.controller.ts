import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { formerAccessAnswer } from './former-access.answers.js';
import { GetFormerAccess, type FormerAccess } from './former-access.query.js';

/** What somebody who was hired again had before. */
@ApiTags('requests')
@ApiBearerAuth()
@Controller('v1/identities')
export class FormerAccessController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id/former-access')
  @Answers(200, page(formerAccessAnswer))
  @Roles('requester', 'approver', 'policy-admin', 'auditor')
  @ApiOperation({
    summary: 'What somebody who was hired again had by request before they left, as requests to send',
    description:
      'Such access does not come back by itself: `request` is the body of POST /governance/v1/requests. Where HR takes back a termination, it comes back by itself and is not listed. ' +
      'For the person, their manager, policy administrators and auditors.',
  })
  list(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<Page<FormerAccess>> {
    return this.queries.execute(new GetFormerAccess(uuidOf('identity', id), caller));
  }
}
