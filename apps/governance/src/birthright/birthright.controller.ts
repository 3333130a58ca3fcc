import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { exclusionAnswer, withheldAnswer } from './birthright.answers.js';
import { exclusionRefusals } from './birthright.errors.js';
import { GetExclusion, ListExclusions, ListWithheld } from './birthright.query.js';
import type { ExclusionView, WithheldView } from './birthright-views.js';
import { EndExclusion } from './end-exclusion.command.js';

/** Packages that no rule gives to somebody, because somebody revoked them. */
@ApiTags('assignments')
@ApiBearerAuth()
@Controller('v1/birthright-exclusions')
export class BirthrightExclusionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Answers(200, page(exclusionAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: 'Packages that no rule gives to somebody for a time, because an assignment of a rule was revoked',
    description:
      'POST /governance/v1/assignments/{id}/revoke makes them. Administrators and auditors see all, others their own and those of packages they own. ' +
      'Filter by id, packageId, identityId, status (active, ended), until.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<ExclusionView>> {
    return this.queries.execute(new ListExclusions({ limit, cursor, filter }, caller));
  }

  @Get(':id')
  @Answers(200, exclusionAnswer)
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({ summary: 'One exclusion' })
  get(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<ExclusionView> {
    return this.queries.execute(new GetExclusion(uuidOf('birthright exclusion', id), caller));
  }

  @Post(':id/end')
  @Answers(200, exclusionAnswer)
  @Refuses(exclusionRefusals)
  @HttpCode(200)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'End an exclusion before its time: the rule, if one still gives the package, gives it at once',
    description: 'Who made it, an owner of the package or a policy administrator may.',
  })
  async end(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<ExclusionView> {
    const exclusionId = uuidOf('birthright exclusion', id);
    await this.commands.execute(new EndExclusion(exclusionId, caller));
    return await this.queries.execute(new GetExclusion(exclusionId, caller));
  }
}

/** What rules give and separation of duties withholds. */
@ApiTags('assignments')
@ApiBearerAuth()
@Controller('v1/withheld-birthrights')
export class WithheldBirthrightsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, page(withheldAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: 'What birthright rules give to somebody, and a rule of separation of duties withholds',
    description:
      'because says which rules, and what the person would have of each. endedAt is null while it is withheld. Administrators and auditors see all, others their own and that of packages they own. ' +
      'Filter by id, packageId, identityId, ruleId, status (active, ended), withheldAt.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<WithheldView>> {
    return this.queries.execute(new ListWithheld({ limit, cursor, filter }, caller));
  }
}
