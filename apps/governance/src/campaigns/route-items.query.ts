import { Injectable } from '@nestjs/common';
import type { Person } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { aboutApprovers, type Deciders, LoadDeciders } from '../requests/requests.exports.js';
import type { ReviewRoute } from './review-item.events.js';
import { reviewStage, routeOf } from './reviewers.js';

/** Access of which the reviewers are asked for. */
export interface Routed {
  readonly person: Person;
  readonly packageId: string;
  /** As the review or the package names them. */
  readonly reviewers: readonly string[];
  /** People besides those, of whom something is asked. */
  readonly others: readonly string[];
}

/** Says who reviews what now: a few queries, whatever the number of items. */
@Injectable()
export class RouteItems {
  constructor(private readonly deciders: LoadDeciders) {}

  async of(
    routed: readonly Routed[],
    catalog: CatalogSnapshot,
    at: string,
  ): Promise<{ readonly people: Deciders; readonly routes: readonly ReviewRoute[] }> {
    const staged = routed.map(({ packageId, reviewers, ...more }) => ({
      ...more,
      packageId,
      stage: reviewStage(reviewers, catalog.accessPackage(packageId)?.document.owners ?? []),
      applications: catalog.applicationsOf(packageId),
    }));
    const needed = staged.map(({ person: beneficiary, stage, ...more }) => ({ ...more, beneficiary, stages: [stage] }));
    const people = await this.deciders.for(needed, catalog, at);
    const routes = staged.map(({ person, packageId, stage, applications }) => {
      const { id } = person.identity;
      const request = { requesterId: id, beneficiaryId: id, packageId };
      return routeOf(stage, aboutApprovers(request, applications, person, { catalog, people }));
    });
    return { people, routes };
  }
}
