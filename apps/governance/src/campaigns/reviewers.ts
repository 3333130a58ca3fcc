import type { ApprovalStage } from '#libs/contracts/catalog.js';
import { type AccessPackage, packageMeantBy } from '../policy/policy.exports.js';
import { openingOf, type AboutApprovers } from '../requests/requests.exports.js';
import type { NoResponse, ReviewTerms } from './review.events.js';
import type { ReviewRoute } from './review-item.events.js';

/** Who is asked where neither the review nor the package says. */
const defaultReviewers = ['manager'] as const;

/** Who is asked where nobody of those can. */
const instead = ['owner', 'manager', 'managers-manager'] as const;

/** The policy under which a package is reviewed: what the review says, else what the package says. */
export function reviewPolicyOf(
  { reviewers, onNoResponse }: Pick<ReviewTerms, 'reviewers' | 'onNoResponse'>,
  document: Pick<AccessPackage, 'review'> | undefined,
): { readonly reviewers: readonly string[]; readonly onNoResponse: NoResponse | null } {
  const own = document?.review ?? null;
  return {
    reviewers: reviewers ?? own?.reviewers ?? defaultReviewers,
    onNoResponse: onNoResponse ?? own?.onNoResponse ?? null,
  };
}

/** The stage of an approval that asks these reviewers: it says whom to look up, and who is able. */
export function reviewStage(reviewers: readonly string[], owners: AccessPackage['owners']): ApprovalStage {
  const forms = (named: readonly string[]): string[] => [...new Set(named.flatMap((one) => formsOf(one, owners)))];
  const others = forms(instead.filter((one) => !reviewers.includes(one)));
  return { approvers: forms(reviewers), quorum: 1, timeout: 'P14D', onTimeout: 'deny', escalateTo: others };
}

/** Owners of the package where it has some, else those of the applications in which it gives something. */
function formsOf(reviewer: string, owners: AccessPackage['owners']): string[] {
  if (reviewer !== 'owner') return [reviewer];
  if (owners.length === 0) return ['application-owner'];
  return owners.map((owner) => (packageMeantBy(owner) === null ? `user:${owner}` : owner));
}

/** Who reviews the access of one person now: never the person, nor who reports to them. */
export function routeOf(stage: ApprovalStage, about: AboutApprovers): ReviewRoute {
  const { able, escalation, missing } = openingOf(stage, about);
  const reasons = [...(escalation?.reasons ?? []), ...(able.length === 0 ? missing : [])];
  return { reviewerIds: able, ...(reasons.length === 0 ? {} : { instead: reasons }) };
}
