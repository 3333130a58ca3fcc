import { Module } from '@nestjs/common';
import { SponsorshipsModule } from '../sponsorships/sponsorships.exports.js';
import { SuccessionsController } from './successions.controller.js';
import { GetSuccessionHandler, ListSuccessionsHandler } from './successions.query.js';
import { Successions } from './successions.store.js';
import { Succeed } from './succeed.process.js';
import { TransferHandler } from './transfer.command.js';

/** What leavers were responsible for goes to somebody who is here. */
@Module({
  imports: [SponsorshipsModule],
  controllers: [SuccessionsController],
  providers: [Successions, Succeed, TransferHandler, GetSuccessionHandler, ListSuccessionsHandler],
  exports: [Succeed],
})
export class SuccessionModule {}
