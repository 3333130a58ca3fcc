import { DomainError } from '#libs/event-store/core.js';

interface AboutRule {
  readonly rule: string;
}

export class NotRuleOwner extends DomainError<AboutRule> {
  readonly code = 'separation.not_owner';
}

/** Nobody grants an exception to themselves, or to somebody they report to. */
export class OwnException extends DomainError<AboutRule> {
  readonly code = 'separation.own_exception';
}

/** Who approves the request does not grant its exception besides. */
export class StageApprover extends DomainError<AboutRule> {
  readonly code = 'separation.stage_approver';
}

export class AlreadyExcepted extends DomainError<AboutRule> {
  readonly code = 'separation.already_excepted';
}

export class ExceptionOver extends DomainError<{ exceptionId: string }> {
  readonly code = 'separation.exception_over';
}

/** What each route refuses, by HTTP status. */
export const grantingRefusals = {
  403: ['separation.not_owner', 'separation.own_exception', 'separation.stage_approver'],
  409: ['separation.already_excepted'],
} as const;
export const endingRefusals = { 403: ['separation.not_owner'], 409: ['separation.exception_over'] } as const;
