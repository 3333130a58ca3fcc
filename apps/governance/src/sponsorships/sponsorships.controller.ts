import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { sponsorshipAnswer } from './sponsorships.answers.js';
import { ListSponsorships, type SponsorshipView } from './sponsorships.query.js';

/** Contractors, and who answers for them. */
@ApiTags('identities')
@ApiBearerAuth()
@Controller('v1/sponsorships')
export class SponsorshipsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, page(sponsorshipAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: 'Contractors, with their sponsor and their end',
    description:
      'HR names both (sponsorId, and terminationDate, lastWorkingDay or accessEndsAt). The end is announced 30, 7 and 1 days before, and who is not extended leaves. ' +
      "When a sponsor leaves, the sponsor's manager takes over, until HR names another number. Others than administrators see whom they sponsor. Filter by identityId, sponsorId, endsAt, problem (no-sponsor, no-end).",
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<SponsorshipView>> {
    return this.queries.execute(new ListSponsorships({ limit, cursor, filter }, caller));
  }
}
