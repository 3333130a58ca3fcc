import { Module } from '@nestjs/common';
import { RequestsModule } from '../requests/requests.exports.js';
import { DecideItemsHandler } from './decide-items.command.js';
import { EndReview } from './end-review.process.js';
import { ItemOutcomes } from './item-outcomes.process.js';
import { ListItems } from './list-items.process.js';
import { ConfirmRemovalHandler, ReassignItemHandler } from './mend-item.command.js';
import { RerouteItems } from './reroute-items.process.js';
import { ReviewSchedule } from './review-schedule.process.js';
import { ReviewWork } from './review-items.store.js';
import { DownloadReviewItemsHandler, ListReviewItemsHandler } from './review-items.query.js';
import { ReviewsController } from './reviews.controller.js';
import { GetReviewHandler, RequireReviewHandler, ListReviewsHandler } from './reviews.query.js';
import { ReviewItems, Reviews } from './reviews.stream.js';
import { RouteItems } from './route-items.query.js';
import { CancelReviewHandler, StartReviewHandler } from './start-review.command.js';

/** Reviews of who has what: who is asked, what they answer, and what becomes of it. */
@Module({
  imports: [RequestsModule],
  controllers: [ReviewsController],
  providers: [
    Reviews,
    ReviewItems,
    ReviewWork,
    RouteItems,
    ItemOutcomes,
    ListItems,
    EndReview,
    RerouteItems,
    ReviewSchedule,
    StartReviewHandler,
    CancelReviewHandler,
    DecideItemsHandler,
    ReassignItemHandler,
    ConfirmRemovalHandler,
    GetReviewHandler,
    RequireReviewHandler,
    ListReviewsHandler,
    ListReviewItemsHandler,
    DownloadReviewItemsHandler,
  ],
})
export class CampaignsModule {}
