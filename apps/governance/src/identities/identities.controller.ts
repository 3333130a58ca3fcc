import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/page.js';
import { GetIdentity, ListIdentities, type IdentityView } from './identities.query.js';
import { identityAnswer } from './identities.answers.js';
import { uuidOf } from '#libs/service-kit/uuid-param.js';

@ApiTags('identities')
@ApiBearerAuth()
@Controller('v1/identities')
export class IdentitiesController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, page(identityAnswer))
  @Roles('policy-admin', 'auditor', 'hr-operator', 'security', 'connector-admin', 'privacy')
  @ApiOperation({
    summary: 'Identities',
    description:
      'Filter by the worker\'s field names (`employeeId` is any number of the person, custom fields are `custom.<name>`), id, status and kind, for example `employeeId eq "1001"`.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<IdentityView>> {
    return this.queries.execute(new ListIdentities({ limit, cursor, filter }));
  }

  @Get(':id')
  @Answers(200, identityAnswer)
  @ApiOperation({ summary: 'One identity' })
  @Roles('policy-admin', 'auditor', 'hr-operator', 'security', 'connector-admin', 'privacy')
  get(@Param('id') id: string): Promise<IdentityView> {
    return this.queries.execute(new GetIdentity(uuidOf('identity', id)));
  }
}
