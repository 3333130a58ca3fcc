import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { GetIdentity, ListIdentities, type IdentityView } from './identities.query.js';
import { recordReaders } from './visibility.js';
import { identityAnswer } from './identities.answers.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';

@ApiTags('identities')
@ApiBearerAuth()
@Controller('v1/identities')
export class IdentitiesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, page(identityAnswer))
  @Roles(...recordReaders, 'requester', 'approver')
  @ApiOperation({
    summary: 'Identities',
    description:
      'Filter by the worker\'s field names (`employeeId` is any number of the person, custom fields are `custom.<name>`), displayName, id, status and kind, for example `employeeId eq "1001"`. ' +
      'Requesters and approvers see active colleagues only, with their numbers, names, department, job title and manager, and may filter by id, employeeId, displayName, givenName, familyName, preferredName, department and jobTitle, for example `displayName co "hopper"`.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<IdentityView>> {
    return this.queries.execute(new ListIdentities({ limit, cursor, filter }, caller));
  }

  @Get(':id')
  @Answers(200, identityAnswer)
  @ApiOperation({ summary: 'One identity' })
  @Roles(...recordReaders, 'requester', 'approver')
  get(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<IdentityView> {
    return this.queries.execute(new GetIdentity(uuidOf('identity', id), caller));
  }
}
