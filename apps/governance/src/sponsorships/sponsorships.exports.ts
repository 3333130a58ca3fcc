/** What other features of this service may use of this one. */
export { PassSponsorships } from './pass-sponsorships.process.js';
export { SponsorshipsModule } from './sponsorships.module.js';
export { FollowContractors } from './follow-contractors.process.js';
