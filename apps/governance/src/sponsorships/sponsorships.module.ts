import { Module } from '@nestjs/common';
import { FollowContractors } from './follow-contractors.process.js';
import { PassSponsorships } from './pass-sponsorships.process.js';
import { StoredSponsorships } from './stored-sponsorships.query.js';
import { SponsorshipsController } from './sponsorships.controller.js';
import { ListSponsorshipsHandler } from './sponsorships.query.js';
import { Sponsorships } from './sponsorships.stream.js';

/** Contractors have a sponsor and an end. */
@Module({
  controllers: [SponsorshipsController],
  providers: [Sponsorships, StoredSponsorships, FollowContractors, PassSponsorships, ListSponsorshipsHandler],
  exports: [FollowContractors, PassSponsorships],
})
export class SponsorshipsModule {}
