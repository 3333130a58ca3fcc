import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { canonicalApprover } from '../policy/policy.exports.js';
import type { Answer } from './decide-items.command.js';
import type { ReviewScope } from './review.events.js';
import type { AnswerDto, ReviewDto, ReviewScopeDto } from './reviews.dto.js';
import type { AskedReview } from './start-review.command.js';

/** @throws InvalidInput for a scope that names nothing, or two things */
export function reviewOf({ displayName, scope, reviewers, onNoResponse, dueAt }: ReviewDto): AskedReview {
  return {
    displayName,
    scope: scopeOf(scope),
    reviewers: reviewers?.map(canonicalApprover) ?? null,
    onNoResponse: onNoResponse ?? null,
    dueAt: dueAt == null ? null : utcOf(dueAt),
  };
}

function scopeOf({ packageId, application, asFound, birthrights }: ReviewScopeDto): ReviewScope {
  const named = { packageId: packageId ?? null, application: application ?? null, asFound: asFound === true };
  const scope = birthrights === true ? { ...named, birthrights } : named;
  const detail = problemOf(scope);
  if (detail !== null) throw new InvalidInput([{ pointer: '/scope', detail }]);
  return scope;
}

function problemOf({ packageId, application, asFound, birthrights }: ReviewScope): string | null {
  if (asFound && birthrights === true) return 'names what rules give, and access that no rule gave: give one of them';
  if (packageId === null)
    return application === null && !asFound ? 'names nothing: give packageId, application or asFound' : null;
  if (application !== null) return 'names a package and an application: give one of them';
  return asFound ? 'names a package, and access that no package gave: give one of them' : null;
}

/** @throws InvalidInput for an answer that lacks its end, or has one without shortening */
export function answersOf(decisions: readonly AnswerDto[]): Answer[] {
  const problems: ProblemError[] = [];
  const answers = decisions.flatMap(({ itemId: id, decision, until, comment: said }, index): Answer[] => {
    const pointer = `/decisions/${index}/until`;
    const [itemId, comment] = [id.toLowerCase(), said ?? null];
    if (decision === 'shorten') {
      if (until != null) return [{ itemId, decision, until: utcOf(until), comment }];
      problems.push({ pointer, detail: 'is missing: give the new end' });
      return [];
    }
    if (until != null) problems.push({ pointer, detail: 'is given: only shorten takes a new end' });
    return [{ itemId, decision, comment }];
  });
  if (problems.length > 0) throw new InvalidInput(problems);
  return answers;
}
