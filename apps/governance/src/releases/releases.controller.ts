import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { checkedId, type DryRun } from '../catalog/catalog.exports.js';
import { type JobView, RecomputeJobs } from '../people/people.exports.js';
import { ForeseeRelease } from './foresee-release.query.js';
import { releaseRefusals } from './release.errors.js';
import { ReleaseVersion } from './release-version.command.js';
import type { WaitingVersion, WithheldVersionView } from './release-views.js';
import { releaseAnswer, waitingVersionAnswer, withheldVersionAnswer } from './releases.answers.js';
import { ReleaseQuery, ReleaseVersionDto } from './releases.dto.js';
import { ListWaitingVersions, ListWithheldVersions } from './releases.query.js';

/** Versions of packages that add something: they reach those who held the package before once an owner says so. */
@ApiTags('catalog')
@ApiBearerAuth()
@Controller('v1')
export class ReleasesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly jobs: RecomputeJobs,
  ) {}

  @Post('access-packages/:id/release')
  @HttpCode(202)
  @Answers(202, releaseAnswer)
  @Refuses(releaseRefusals)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'Let what the newest version of a package adds reach those who held the package before',
    description:
      'An owner of the package may. Where nobody owns it, who defines the version has released it by that, and a policy administrator may again. Each holder gets it who is eligible, whom no rule of separation of duties forbids it, and who has not released it themselves. ' +
      'GET /governance/v1/withheld-versions lists the others with the reason; it reaches them once that is over. The job counts the people whom it touched. With dryRun=true nothing is done: the answer says whom it would touch.',
  })
  async release(
    @Param('id') id: string,
    @Body() { version, reason }: ReleaseVersionDto,
    @Query() { dryRun }: ReleaseQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<JobView | DryRun> {
    const packageId = checkedId(id);
    if (dryRun === 'true') return await this.queries.execute(new ForeseeRelease(packageId, version, caller));
    return await this.jobs.get(
      await this.commands.execute(new ReleaseVersion(packageId, version, reason ?? null, caller)),
    );
  }

  @Get('waiting-versions')
  @Answers(200, page(waitingVersionAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: 'Packages whose newest version adds something that waits for a release, by id',
    description: 'Administrators and auditors see all, others those of packages they own.',
  })
  waiting(@Query() { limit, cursor }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<WaitingVersion>> {
    return this.queries.execute(new ListWaitingVersions({ limit, cursor }, caller));
  }

  @Get('withheld-versions')
  @Answers(200, page(withheldVersionAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: 'Holders whom a released version of a package does not reach, with the reason',
    description:
      'code: not_eligible, incompatible (because names the rules of separation of duties) or own_release (the holder has released it: another owner must). ' +
      'Administrators and auditors see all, others their own and those of packages they own. Filter by packageId, heldPackageId, identityId, code.',
  })
  withheld(
    @Query() { limit, cursor, filter }: PageQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<WithheldVersionView>> {
    return this.queries.execute(new ListWithheldVersions({ limit, cursor, filter }, caller));
  }
}
