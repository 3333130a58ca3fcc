import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ReviewPolicy } from '#libs/contracts/catalog.js';
import { firstUuid, uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { PackageFollowers } from '../catalog/catalog.exports.js';
import { CurrentCatalog, governanceActor } from '../people/people.exports.js';
import { isLive, later } from '../policy/policy.exports.js';
import { EndReview } from './end-review.process.js';
import { ListItems } from './list-items.process.js';
import { startReview } from './review.js';
import { ReviewWork } from './review-items.store.js';
import { Reviews } from './reviews.stream.js';
import { timerKinds } from './review-timers.js';
import { defaultDuration } from './start-review.command.js';

/** Begins the reviews of packages that say how often they are reviewed. */
@Injectable()
export class ReviewSchedule implements OnModuleInit {
  constructor(
    private readonly followers: PackageFollowers,
    private readonly timers: Timers,
    private readonly catalog: CurrentCatalog,
    private readonly reviews: Reviews,
    private readonly found: ReviewWork,
    private readonly list: ListItems,
    private readonly end: EndReview,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.followers.also((work, packageId, former, { review }) =>
      this.follow(work, packageId, former?.review ?? null, review),
    );
    this.timers.handle(timerKinds.every, async (due, work) => {
      for (const { key } of due) await this.begin(key, work);
    });
  }

  /** In the work that records a new version of a package: its next review, or none any more. */
  private follow(work: Work, packageId: string, former: ReviewPolicy | null, now: ReviewPolicy | null): void {
    const every = now?.every ?? null;
    if (every === (former?.every ?? null)) return;
    if (every === null) this.timers.cancel(work, timerKinds.every, packageId);
    else this.next(work, packageId, every);
  }

  private next(work: Work, packageId: string, every: string): void {
    const dueAt = later(this.clock.now(), every);
    this.timers.at(work, { kind: timerKinds.every, key: packageId, dueAt, payload: {} });
  }

  private async begin(packageId: string, work: Work): Promise<void> {
    const catalog = await this.catalog.current();
    const known = catalog.accessPackage(packageId)?.document;
    const every = known?.review?.every ?? null;
    if (known === undefined || every === null || !isLive(known)) return;
    this.next(work, packageId, every);
    const at = this.clock.now();
    const scope = { packageId, application: null, asFound: false };
    const [first] = await this.found.inScope(scope, catalog, firstUuid, 1);
    if (first === undefined) return;
    const reviewId = uuidv7();
    const displayName = `${known.displayName}, ${at.slice(0, 10)}`;
    const dueAt = later(at, defaultDuration);
    const terms = { reviewId, displayName, scope, reviewers: null, onNoResponse: null, dueAt };
    const causation = { actor: governanceActor, correlationId: reviewId, causationId: null };
    const none = { id: reviewId, state: null, version: 0 };
    this.reviews.stage(work, none, startReview(terms, { by: null, at }, null), causation);
    this.list.stage(work, reviewId);
    this.end.at(work, reviewId, dueAt);
  }
}
