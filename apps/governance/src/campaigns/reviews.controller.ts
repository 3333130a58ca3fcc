import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import { csvAnswer } from '#libs/service-kit/http/csv-answer.js';
import { NewId } from '#libs/service-kit/idempotency/new-id.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { csvBodyOf } from '#libs/service-kit/input/csv-body.js';
import { uuidOf } from '#libs/service-kit/input/uuid-param.js';
import { Answers, AnswersFile, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { answersIn } from './answers-csv.input.js';
import { answersView, type AnswersView, DecideItems, type Answer, type AnswerResult } from './decide-items.command.js';
import { ConfirmRemoval, ReassignItem } from './mend-item.command.js';
import {
  decidingRefusals,
  endingRefusals,
  reassigningRefusals,
  startingRefusals,
  verifyingRefusals,
} from './review.errors.js';
import { answersAnswer, reviewAnswer, reviewItemAnswer } from './reviews.answers.js';
import { AnswersDto, CancelReviewDto, ConfirmRemovalDto, ReassignItemDto, ReviewDto } from './reviews.dto.js';
import { answersOf, reviewOf } from './reviews.input.js';
import { DownloadReviewItems, ListReviewItems, type ReviewItemView } from './review-items.query.js';
import { GetReview, RequireReview, ListReviews, type ReviewView } from './reviews.query.js';
import { CancelReview, StartReview } from './start-review.command.js';

const csvExample = 'itemId,decision,until,comment\n8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8f,revoke,,Has moved\n';

/** Campaigns in which reviewers say of access whether it stays. */
@ApiTags('reviews')
@ApiBearerAuth()
@Controller('v1/reviews')
export class ReviewsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Answers(201, reviewAnswer, { headers: ['Location'] })
  @Refuses(startingRefusals)
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Begin a review of who holds a package, of an application, or of access as it was found',
    description:
      'What birthright rules give is not part of it: it follows from the rule. Nobody reviews their own access, or that of people they report to. ' +
      'Where nobody of those asked can, owners, the manager and their manager are asked; where they cannot, a policy administrator.',
  })
  async start(
    @Body() dto: ReviewDto,
    @CurrentCaller() caller: Caller,
    @NewId() id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReviewView> {
    await this.commands.execute(new StartReview(id, reviewOf(dto), caller));
    response.location(`/governance/v1/reviews/${id}`);
    return await this.queries.execute(new GetReview(id, caller));
  }

  @Get()
  @Answers(200, page(reviewAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: 'Reviews in which the caller is asked; policy administrators and auditors see all',
    description: 'Newest first. Counts are of the items that the caller sees. Filter by id, status, dueAt, startedAt.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery, @CurrentCaller() caller: Caller): Promise<Page<ReviewView>> {
    return this.queries.execute(new ListReviews({ limit, cursor, filter }, caller));
  }

  @Get(':id')
  @Answers(200, reviewAnswer)
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: 'One review, and how far it is',
    description:
      'open: reviewers answer. closing: nobody answers any more, and something revoked is not shown to be gone yet. ' +
      'closed: everything has an outcome, and everything revoked is gone.',
  })
  get(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<ReviewView> {
    return this.queries.execute(new GetReview(uuidOf('review', id), caller));
  }

  @Post(':id/cancel')
  @Answers(200, reviewAnswer)
  @Refuses(endingRefusals)
  @HttpCode(200)
  @Roles('policy-admin')
  @ApiOperation({ summary: 'End a review without further decisions. What was decided stays decided' })
  async cancel(
    @Param('id') id: string,
    @Body() { reason }: CancelReviewDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ReviewView> {
    const reviewId = uuidOf('review', id);
    await this.commands.execute(new CancelReview(reviewId, reason, caller));
    return await this.queries.execute(new GetReview(reviewId, caller));
  }

  @Get(':id/items')
  @Answers(200, page(reviewItemAnswer))
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({
    summary: 'The items that ask the caller; policy administrators and auditors see all',
    description:
      'instead says why other people decide than those whom the review asks. Filter by id, status, decision, packageId, identityId, assignmentId, unverified.',
  })
  async items(
    @Param('id') id: string,
    @Query() { limit, cursor, filter }: PageQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<ReviewItemView>> {
    const reviewId = await this.visible(id, caller);
    return await this.queries.execute(new ListReviewItems(reviewId, { limit, cursor, filter }, caller));
  }

  @Get(':id/items.csv')
  @AnswersFile('text/csv')
  @Roles('policy-admin', 'auditor', 'approver', 'requester')
  @ApiOperation({ summary: 'The same as a file: fill in decision, until and comment, and post it to decisions.csv' })
  async download(@Param('id') id: string, @CurrentCaller() caller: Caller): Promise<StreamableFile> {
    const reviewId = await this.visible(id, caller);
    const lines = await this.queries.execute(new DownloadReviewItems(reviewId, caller));
    return await csvAnswer(lines, `review-${reviewId}`);
  }

  @Post(':id/decisions')
  @Answers(200, answersAnswer)
  @Refuses(decidingRefusals)
  @HttpCode(200)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiOperation({
    summary: 'Answer: keep, revoke or shorten, for one item or many',
    description:
      'An answer takes effect at once and is final. Each stands by itself: one that is refused stops no other, and says why.',
  })
  async decide(
    @Param('id') id: string,
    @Body() { decisions }: AnswersDto,
    @CurrentCaller() caller: Caller,
  ): Promise<AnswersView> {
    const results = await this.answer(id, answersOf(decisions), caller);
    return answersView(results.map((result) => ({ line: null, ...result })));
  }

  @Post(':id/decisions.csv')
  @Answers(200, answersAnswer)
  @Refuses({ ...decidingRefusals, 413: ['too_large'], 415: ['unsupported_media_type'] })
  @HttpCode(200)
  @Roles('policy-admin', 'approver', 'requester')
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string' }, examples: { csv: { value: csvExample } } })
  @ApiOperation({
    summary: 'The same as a file, with the columns itemId, decision, until and comment',
    description: 'At most 10,000 rows. Other columns are ignored, and rows without a decision are left out.',
  })
  async decideByFile(
    @Param('id') id: string,
    @CurrentCaller() caller: Caller,
    @Req() request: Request,
  ): Promise<AnswersView> {
    const rows = answersIn(await csvBodyOf(request));
    const read = rows.flatMap(({ line, answer }) => (answer === null ? [] : [{ line, answer }]));
    const unread = rows.flatMap(({ line, itemId, problem }) => (problem === null ? [] : [{ line, itemId, problem }]));
    const results = await this.answer(
      id,
      read.map(({ answer }) => answer),
      caller,
    );
    return answersView([
      ...unread.map(({ line, itemId, problem: detail }) => ({
        ...{ line, itemId, result: 'refused' as const, code: 'invalid_input' as const, detail },
      })),
      ...results.map((result, index) => ({ line: read[index]?.line ?? null, ...result })),
    ]);
  }

  @Post(':id/items/:itemId/reassign')
  @Answers(200, reviewItemAnswer)
  @Refuses(reassigningRefusals)
  @HttpCode(200)
  @Roles('policy-admin')
  @ApiOperation({ summary: 'Name another person who decides on an item, for as long as they can' })
  async reassign(
    @Param('id') id: string,
    @Param('itemId') itemId: string,
    @Body() { reviewerId }: ReassignItemDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ReviewItemView> {
    const item = { reviewId: uuidOf('review', id), itemId: uuidOf('item of this review', itemId) };
    await this.commands.execute(new ReassignItem(item, reviewerId.toLowerCase(), caller));
    return await this.item(item, caller);
  }

  @Post(':id/items/:itemId/confirm-removal')
  @Answers(200, reviewItemAnswer)
  @Refuses(verifyingRefusals)
  @HttpCode(200)
  @Roles('policy-admin')
  @ApiOperation({
    summary: 'Say that somebody has looked, and what was revoked is gone',
    description:
      'For applications in which no reading can show it: such a review would stay closing otherwise. Never for one’s own access.',
  })
  async confirmRemoval(
    @Param('id') id: string,
    @Param('itemId') itemId: string,
    @Body() { comment }: ConfirmRemovalDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ReviewItemView> {
    const item = { reviewId: uuidOf('review', id), itemId: uuidOf('item of this review', itemId) };
    await this.commands.execute(new ConfirmRemoval(item, comment, caller));
    return await this.item(item, caller);
  }

  private async answer(id: string, answers: readonly Answer[], caller: Caller): Promise<readonly AnswerResult[]> {
    return await this.commands.execute(new DecideItems(await this.visible(id, caller), answers, caller));
  }

  private visible(id: string, caller: Caller): Promise<string> {
    return this.queries.execute(new RequireReview(uuidOf('review', id), caller));
  }

  private async item(
    { reviewId, itemId }: { readonly reviewId: string; readonly itemId: string },
    caller: Caller,
  ): Promise<ReviewItemView> {
    const part = { limit: 1, cursor: undefined, filter: `id eq "${itemId}"` };
    const [item] = (await this.queries.execute(new ListReviewItems(reviewId, part, caller))).items;
    if (item === undefined) throw new NotFound('item of this review', itemId);
    return item;
  }
}
