import type { PublicMessage } from '#libs/event-bus/message.js';
import type { AnyFact, RecordedFact } from '#libs/event-store/core.js';
import { accessFacts, type AccessEvent } from './assignments/access.events.js';
import { publishedAccess } from './assignments/access.published.js';
import { reviewItemFacts, type ReviewItemEvent } from './campaigns/review-item.events.js';
import { reviewFacts, type ReviewEvent } from './campaigns/review.events.js';
import { publishedReview, publishedReviewItem } from './campaigns/review.published.js';
import { catalogFacts, type CatalogEvent } from './catalog/catalog.events.js';
import { publishedCatalog } from './catalog/catalog.published.js';
import { packageReleaseFacts, type PackageVersionReleased } from './catalog/package-release.events.js';
import { publishedPackageRelease } from './catalog/package-release.published.js';
import { releaseFacts, type PolicyChangeReleased } from './catalog/release.events.js';
import { publishedRelease } from './catalog/release.published.js';
import { delegationFacts, type DelegationEvent } from './delegations/delegation.events.js';
import { publishedDelegation } from './delegations/delegation.published.js';
import {
  desiredAccessFacts,
  type DesiredAccessEvent,
  type DesiredAccessRestated,
} from './desired-access/desired-access.events.js';
import { publishedDesiredAccess } from './desired-access/desired-access.published.js';
import { identityFacts, type IdentityEvent } from './identities/identity.events.js';
import { publishedIdentity } from './identities/identity.published.js';
import { lockdownFacts, type LockdownEvent } from './lockdowns/lockdown.events.js';
import { publishedLockdown } from './lockdowns/lockdown.published.js';
import { sponsorshipFacts, type SponsorshipEvent } from './sponsorships/sponsorship.events.js';
import { publishedSponsorship } from './sponsorships/sponsorship.published.js';
import { requestFacts, type AccessRequestEvent } from './requests/access-request.events.js';
import { publishedRequest } from './requests/access-request.published.js';

type Publisher = (fact: RecordedFact) => readonly PublicMessage[];

const publishers = new Map<string, Publisher>([
  ...of<IdentityEvent>(identityFacts, publishedIdentity),
  ...of<CatalogEvent>(catalogFacts, publishedCatalog),
  ...of<PackageVersionReleased>(packageReleaseFacts, publishedPackageRelease),
  ...of<PolicyChangeReleased>(releaseFacts, publishedRelease),
  ...of<AccessRequestEvent>(requestFacts, publishedRequest),
  ...of<DelegationEvent>(delegationFacts, publishedDelegation),
  ...of<SponsorshipEvent>(sponsorshipFacts, publishedSponsorship),
  ...of<LockdownEvent>(lockdownFacts, publishedLockdown),
  ...of<AccessEvent>(accessFacts, publishedAccess),
  ...of<ReviewEvent>(reviewFacts, publishedReview),
  ...of<ReviewItemEvent>(reviewItemFacts, publishedReviewItem),
  ...of<DesiredAccessEvent | DesiredAccessRestated>(desiredAccessFacts, publishedDesiredAccess),
]);

/** Every fact type the service stores. */
export const governanceFacts: readonly string[] = [...publishers.keys()];

/** Each fact by its feature's own mapping. */
export function publishedGovernance(fact: RecordedFact): readonly PublicMessage[] {
  return publishers.get(fact.type)?.(fact) ?? [];
}

/** A feature's facts are known by their types, so that its mapping meets no others. */
function of<Event extends AnyFact>(
  types: readonly Event['type'][],
  published: (fact: RecordedFact<Event>) => readonly PublicMessage[],
): [string, Publisher][] {
  return types.map((type) => [type, (fact) => published(fact as RecordedFact<Event>)]);
}
