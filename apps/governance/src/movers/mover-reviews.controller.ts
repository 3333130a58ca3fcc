import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { IsInstant, utcOf } from '#libs/service-kit/input/instant.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import type { KeepDecision } from './keep.js';
import { DecideOnKept } from './decide-kept.command.js';
import { decidedReviewAnswer, moverReviewAnswer, type DecidedReview } from './mover-reviews.answers.js';
import { ListMoverReviews, type MoverReview } from './mover-reviews.query.js';
import { keepRefusals } from './movers.errors.js';

export class KeepDecisionDto {
  @ApiProperty({ enum: ['keep', 'shorten', 'drop'] })
  @IsIn(['keep', 'shorten', 'drop'])
  readonly decision!: 'keep' | 'shorten' | 'drop';

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'With shorten: the first instant without it' })
  @IsOptional()
  @IsInstant()
  readonly until?: string | null;

  @ApiProperty({ example: 'Still needed for the quarter' })
  @IsFilledText(2000)
  readonly reason!: string;
}

/** What people keep who have moved, or are not eligible any more: their manager says. */
@ApiTags('movers')
@ApiBearerAuth()
@Controller('v1/mover-reviews')
export class MoverReviewsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Answers(200, page(moverReviewAnswer))
  @Roles('approver', 'policy-admin', 'auditor')
  @ApiOperation({
    summary: 'Access of people one manages that waits for a word: they have moved, or are not eligible any more',
    description:
      'Policy administrators and auditors see all. What nobody keeps ends at dueAt. The manager of today decides: with another manager it is theirs. Filter by assignmentId, packageId, identityId, managerId, why, dueAt.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<MoverReview>> {
    return this.queries.execute(new ListMoverReviews({ limit, cursor, filter }, caller));
  }

  @Post(':assignmentId/decide')
  @Answers(200, decidedReviewAnswer)
  @Refuses(keepRefusals)
  @HttpCode(200)
  @Roles('approver', 'policy-admin')
  @ApiOperation({
    summary: 'Keep, shorten or drop one assignment. The manager of its holder, or a policy administrator',
  })
  async decide(
    @Param('assignmentId') id: string,
    @Body() { decision, until, reason }: KeepDecisionDto,
    @CurrentCaller() caller: Caller,
  ): Promise<DecidedReview> {
    const assignmentId = uuidOf('access review', id);
    const word = wordOf(decision, until ?? null, reason);
    await this.commands.execute(new DecideOnKept(assignmentId, word, caller));
    return { assignmentId, decision };
  }
}

/** @throws InvalidInput for an end without `shorten`, or `shorten` without an end */
function wordOf(decision: KeepDecisionDto['decision'], until: string | null, reason: string): KeepDecision {
  if (decision === 'shorten') {
    if (until === null)
      throw new InvalidInput([{ pointer: '/until', detail: 'is missing: say when it ends, or keep or drop it' }]);
    return { decision, until: utcOf(until), reason };
  }
  if (until !== null)
    throw new InvalidInput([{ pointer: '/until', detail: `is given with ${decision}: leave it out, or shorten it` }]);
  return { decision, until: null, reason };
}
