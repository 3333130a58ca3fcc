import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { Approval, ApprovalStage, Grant, ReviewPolicy } from '#libs/contracts/catalog.js';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { problemErrors } from '#libs/service-kit/input/validation.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { filterInput } from '#libs/service-kit/input/filter-input.js';
import {
  administratorsId,
  canonicalApprover,
  defaultTimeout,
  later,
  type AccessPackage,
  type BirthrightRule,
  type MoverRule,
  type NameRule,
  patternProblem,
} from '../policy/policy.exports.js';
import { ownerProblems, ownersOf } from './owners.input.js';
import { parseIdentityFilter } from '../identities/identities.exports.js';
import type { AccessPackageDto, GrantDto } from './access-package.dto.js';
import { approvalProblems } from './approval-limits.js';
import { ApprovalDto, type StageDto } from './approval.dto.js';
import type { ReviewPolicyDto } from './review-policy.dto.js';
import type { BirthrightRuleDto } from './catalog.dto.js';
import { entitlementIn, notOneThing } from './entitlements.input.js';
import type { MoverRuleDto } from './mover-rule.dto.js';
import type { NameRuleDto } from './name-rule.dto.js';

/** @throws InvalidInput */
export function checkedId(id: string): string {
  if (administratorsId.test(id)) return id;
  throw new InvalidInput([
    {
      pointer: '/id',
      detail: 'must be lower-case letters, digits and hyphens, at most 63, beginning with a letter or digit',
    },
  ]);
}

/** @throws InvalidInput for rules between fields */
export function accessPackageOf(dto: AccessPackageDto): AccessPackage {
  const { requestFor = null } = dto;
  const approval = approvalOf(dto.approval ?? null);
  if (requestFor !== null && approval === null) {
    throw new InvalidInput([
      {
        pointer: '/approval',
        detail: 'is missing: with requestFor give none or {"stages": [{"approvers": ["manager"]}]}',
      },
    ]);
  }
  return {
    displayName: dto.displayName,
    description: dto.description ?? null,
    status: dto.status ?? 'published',
    ...heldBy(dto),
    grants: grantsOf(dto.grants),
    ...eligibilityOf(dto),
    requestFor,
    requireJustification: dto.requireJustification ?? true,
    approval,
    ...limitsOf(dto),
  };
}

/** @throws InvalidInput for owners that name nobody */
function heldBy({
  owners,
  includes,
  justInTime,
  breakGlass,
}: AccessPackageDto): Pick<AccessPackage, 'owners' | 'includes' | 'justInTime' | 'breakGlass'> {
  const problems = ownerProblems('/owners', owners ?? []);
  if (problems.length > 0) throw new InvalidInput(problems);
  return {
    owners: ownersOf(owners ?? []),
    includes: includes ?? [],
    justInTime: justInTime ?? null,
    breakGlass: breakGlass ?? null,
  };
}

/** @throws InvalidInput for a filter that cannot be read */
function eligibilityOf({
  eligibility = null,
  eligibilityLost,
  graceDays,
}: AccessPackageDto): Pick<AccessPackage, 'eligibility' | 'eligibilityLost' | 'graceDays'> {
  if (eligibility !== null) filterInput('/eligibility', () => parseIdentityFilter(eligibility));
  // Who gives days of grace means that it ends after them.
  const usual = (graceDays ?? 0) > 0 ? 'end' : 'keep';
  return { eligibility, eligibilityLost: eligibilityLost ?? usual, graceDays: graceDays ?? 0 };
}

function limitsOf({
  maxDuration,
  extendable,
  suspendOnLeave,
  incompatibleWith,
  review,
  status,
  successor,
}: AccessPackageDto): Pick<
  AccessPackage,
  'maxDuration' | 'extendable' | 'suspendOnLeave' | 'incompatibleWith' | 'review' | 'successor'
> {
  if (successor != null && status !== 'retired')
    throw new InvalidInput([{ pointer: '/successor', detail: 'is given, and status is not retired: leave it out' }]);
  return {
    successor: successor ?? null,
    review: review == null ? null : reviewPolicyOf(review),
    maxDuration: maxDuration ?? null,
    extendable: extendable ?? false,
    suspendOnLeave: suspendOnLeave ?? false,
    incompatibleWith: incompatibleWith ?? [],
  };
}

const someInstant = '2000-01-01T00:00:00.000Z';
const dayLater = later(someInstant, 'P1D');

/** @throws InvalidInput for reviews that would follow each other too closely */
function reviewPolicyOf({ every, reviewers, onNoResponse }: ReviewPolicyDto): ReviewPolicy {
  if (every != null && later(someInstant, every) < dayLater)
    throw new InvalidInput([{ pointer: '/review/every', detail: 'is shorter than a day: give P1D or more' }]);
  return { every: every ?? null, reviewers: reviewers.map(canonicalApprover), onNoResponse };
}

/** @throws InvalidInput for a filter that cannot be read, and for the end of an exception that there is not */
export function birthrightRuleOf({
  displayName,
  filter,
  packages,
  privilegedException,
  privilegedExceptionUntil: until,
  graceDays,
}: BirthrightRuleDto): BirthrightRule {
  filterInput('/filter', () => parseIdentityFilter(filter));
  const exception = privilegedException ?? null;
  if (until != null && exception === null)
    throw new InvalidInput([
      {
        pointer: '/privilegedExceptionUntil',
        detail: 'is given without a privilegedException: say why, or leave it out',
      },
    ]);
  const terms = { privilegedException: exception, privilegedExceptionUntil: until == null ? null : utcOf(until) };
  return { displayName, filter, packages, ...terms, graceDays: graceDays ?? 0 };
}

/** @throws InvalidInput for a filter that cannot be read */
export function moverRuleOf({ displayName, filter, requestedAccess, days, renames }: MoverRuleDto): MoverRule {
  if (filter != null) filterInput('/filter', () => parseIdentityFilter(filter));
  return {
    displayName,
    filter: filter ?? null,
    requestedAccess,
    days: days ?? 14,
    renames: (renames ?? []).map(({ attribute, from, to }) => ({ attribute, from, to })),
  };
}

/** @throws InvalidInput for a filter or a pattern that cannot be used */
export function nameRuleOf({ displayName, filter, pattern }: NameRuleDto): NameRule {
  if (filter != null) filterInput('/filter', () => parseIdentityFilter(filter));
  const detail = patternProblem(pattern);
  if (detail !== null) throw new InvalidInput([{ pointer: '/pattern', detail }]);
  return { displayName, filter: filter ?? null, pattern };
}

function grantsOf(grants: readonly GrantDto[]): Grant[] {
  const problems: ProblemError[] = [];
  const read = grants.flatMap((dto, index): Grant[] => {
    const fields = entitlementIn(dto, dto.application);
    if (fields === null) problems.push({ pointer: `/grants/${index}`, detail: notOneThing });
    return fields === null ? [] : [{ application: dto.application, ...fields }];
  });
  if (problems.length > 0) throw new InvalidInput(problems);
  return read;
}

function stageOf({ approvers, quorum, timeout, onTimeout, escalateTo }: StageDto): ApprovalStage {
  return {
    approvers: approvers.map(canonicalApprover),
    quorum: quorum === 'any' ? 1 : (quorum ?? 1),
    timeout: timeout ?? defaultTimeout,
    onTimeout: onTimeout ?? 'deny',
    escalateTo: (escalateTo ?? []).map(canonicalApprover),
  };
}

/** @throws InvalidInput, also for one that needs more people than it names */
function approvalOf(value: unknown): Approval | null {
  if (value === null) return null;
  if (value === 'none') return 'none';
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new InvalidInput([
      { pointer: '/approval', detail: 'must be none or {"stages": [{"approvers": ["manager"]}]}' },
    ]);
  }
  const dto = plainToInstance(ApprovalDto, value);
  const errors = validateSync(dto, { whitelist: true, forbidNonWhitelisted: true }).flatMap((error) =>
    problemErrors(error, '/approval'),
  );
  if (errors.length > 0) throw new InvalidInput(errors);
  const approval = { stages: dto.stages.map(stageOf), distinctApprovers: dto.distinctApprovers ?? true };
  const problems = approvalProblems(approval);
  if (problems.length > 0) throw new InvalidInput(problems);
  return approval;
}
