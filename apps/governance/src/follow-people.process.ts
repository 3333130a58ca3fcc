import { Injectable } from '@nestjs/common';
import type { Work } from '#libs/event-store/work.js';
import type { IdentityStep } from './identities/identities.exports.js';
import { FollowIdentities } from './requests/requests.exports.js';
import { FollowContractors } from './sponsorships/sponsorships.exports.js';
import { Succeed } from './succession/succession.exports.js';

/** What follows elsewhere from changes of identities: for requests, for what leavers answered for, for contractors. */
@Injectable()
export class FollowPeople {
  constructor(
    private readonly requests: FollowIdentities,
    private readonly succession: Succeed,
    private readonly contractors: FollowContractors,
  ) {}

  /** In the work that records these changes. */
  async follow(work: Work, steps: readonly IdentityStep[], at: string): Promise<void> {
    await this.requests.follow(work, steps, at);
    this.succession.follow(work, steps, at);
    this.contractors.follow(work, steps, at);
  }
}
