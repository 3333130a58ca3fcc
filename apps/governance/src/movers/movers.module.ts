import { Module } from '@nestjs/common';
import { DecideOnKeptHandler } from './decide-kept.command.js';
import { MoverReviewsController } from './mover-reviews.controller.js';
import { ListMoverReviewsHandler, MoverReviews } from './mover-reviews.query.js';

/** What people keep who have moved. */
@Module({
  controllers: [MoverReviewsController],
  providers: [MoverReviews, ListMoverReviewsHandler, DecideOnKeptHandler],
})
export class MoversModule {}
