import { Injectable } from '@nestjs/common';
import type { Work } from '#libs/event-store/work.js';
import type { IdentityStep } from '../identities/identities.exports.js';
import { LeaversRequests } from './leavers-requests.process.js';
import { RerouteRequests } from './reroute.process.js';

/** What changes of identities mean for open requests: those of leavers are cancelled, others get the deciders of today. */
@Injectable()
export class FollowIdentities {
  constructor(
    private readonly leavers: LeaversRequests,
    private readonly reroute: RerouteRequests,
  ) {}

  /** In the work that records these changes. */
  async follow(work: Work, steps: readonly IdentityStep[], at: string): Promise<void> {
    await this.leavers.follow(work, steps, at);
    this.reroute.follow(work, steps, at);
  }
}
