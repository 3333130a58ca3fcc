import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { desiredAccessAnswer, explanationAnswer } from './access.answers.js';
import { ExplainAccess, GetAccess, type DesiredAccessView } from './explain-access.query.js';
import type { NamedExplanation } from './named-explanation.js';

@ApiTags('identities')
@ApiBearerAuth()
@Controller('v1/identities/:id/access')
export class AccessController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, page(desiredAccessAnswer))
  @Roles('policy-admin', 'auditor', 'security', 'connector-admin')
  @ApiOperation({ summary: 'What an identity should have now, by application' })
  access(@Param('id') id: string): Promise<Page<DesiredAccessView>> {
    return this.queries.execute(new GetAccess(uuidOf('identity', id)));
  }

  @Get(':application/explanation')
  @Answers(200, explanationAnswer)
  @Roles('policy-admin', 'auditor', 'security', 'connector-admin')
  @ApiOperation({
    summary:
      'Why: from each entitlement to its assignments, and on to the request and approvals, or the rule and HR events',
  })
  explanation(@Param('id') id: string, @Param('application') application: string): Promise<NamedExplanation> {
    return this.queries.execute(new ExplainAccess(uuidOf('identity', id), application));
  }
}
