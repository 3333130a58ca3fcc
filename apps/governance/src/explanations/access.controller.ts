import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { Clock } from '#libs/system/clock.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { desiredAccessAnswer, explanationAnswer } from './access.answers.js';
import { ExplanationQuery } from './explanations.dto.js';
import { ExplainAccess, GetAccess, type DesiredAccessView } from './explain-access.query.js';
import type { NamedExplanation } from './named-explanation.js';

@ApiTags('identities')
@ApiBearerAuth()
@Controller('v1/identities/:id/access')
export class AccessController {
  constructor(
    private readonly queries: QueryBus,
    private readonly clock: Clock,
  ) {}

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
    description:
      'With at, as it was then: from what had been stated, defined and decided by that instant. Without access, noAccess names the first condition that fails and the value it saw. ' +
      'rule is the version of the birthright rule that gave an assignment; deliveries says how far the application was with it.',
  })
  explanation(
    @Param('id') id: string,
    @Param('application') application: string,
    @Query() { at }: ExplanationQuery,
  ): Promise<NamedExplanation> {
    const instant = at === undefined ? null : pastInstant(at, this.clock.now());
    return this.queries.execute(new ExplainAccess(uuidOf('identity', id), application, instant));
  }
}

function pastInstant(at: string, now: string): string {
  const instant = utcOf(at);
  if (instant <= now) return instant;
  throw new InvalidInput([{ pointer: '/at', detail: `is in the future: now is ${now}` }]);
}
