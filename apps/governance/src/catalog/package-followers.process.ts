import { Injectable } from '@nestjs/common';
import type { Work } from '#libs/event-store/work.js';
import type { AccessPackage } from '../policy/policy.exports.js';

/** Stages what follows elsewhere from a new version of a package. */
export type FollowPackage = (
  work: Work,
  packageId: string,
  former: AccessPackage | null,
  document: AccessPackage,
) => void;

/** Features that follow new versions of packages, in the work that records these. */
@Injectable()
export class PackageFollowers {
  private readonly others: FollowPackage[] = [];

  /** In `onModuleInit`. */
  also(follow: FollowPackage): void {
    this.others.push(follow);
  }

  follow(...change: Parameters<FollowPackage>): void {
    for (const follow of this.others) follow(...change);
  }
}
