import { DomainError } from '#libs/event-store/core.js';

export class RequestNotPending extends DomainError<{ requestId: string; status: string }> {
  readonly code = 'request.not_pending';
}

export class AlreadyDecided extends DomainError<{ requestId: string }> {
  readonly code = 'request.already_decided';
}

export class OwnRequest extends DomainError<{ requestId: string }> {
  readonly code = 'request.own_request';
}

/** The requester or beneficiary is above the approver. */
export class SuperiorsRequest extends DomainError<{ requestId: string }> {
  readonly code = 'request.superiors_request';
}

/** The approver granted the exception from separation of duties that the request needs. */
export class OwnException extends DomainError<{ requestId: string }> {
  readonly code = 'request.own_exception';
}

export class NotApprover extends DomainError<{ requestId: string }> {
  readonly code = 'request.not_approver';
}

export class NotRequester extends DomainError<{ requestId: string }> {
  readonly code = 'request.not_requester';
}

/** A token subject without identity can neither ask nor decide. */
export class CallerWithoutIdentity extends DomainError {
  readonly code = 'request.caller_without_identity';
}

/** A request that may not be made; the refusal is a fact, too. */
export class RequestRefused extends DomainError<{ packageId: string }> {
  /** The refusal is a fact of its own. */
  readonly recorded = true;

  constructor(
    readonly code: RefusalCode,
    packageId: string,
    why: readonly string[] = [],
  ) {
    super(refusalText(code, why), { packageId });
  }
}

const refusals = {
  'request.nobody_may_ask': 'this package cannot be requested',
  'request.not_for_them': 'you may not request this package for this person',
  'request.not_eligible': 'the beneficiary is not eligible for this package',
  'request.already_held': 'the beneficiary already holds this package',
  'request.not_extendable': 'this access cannot be extended: it has no end, or its package allows no extension',
  'request.already_open': 'a request for this package and beneficiary is already open',
  'request.incompatible': 'nobody is to have this package together with another',
  'request.nobody_can_decide':
    'nobody can decide on this request: ask a policy administrator to name other approvers in the package, or HR to name a manager',
} as const;

export type RefusalCode = keyof typeof refusals;

/** Every code that a request may be refused with before it is made. */
export const refusalCodes = Object.keys(refusals) as RefusalCode[];

/** The text of a refusal for the requester. @param why nobody can decide, or what excludes the package */
export const refusalText = (code: RefusalCode, why: readonly string[]): string =>
  code === 'request.nobody_can_decide' || code === 'request.incompatible'
    ? [refusals[code], ...why].join('; ')
    : refusals[code];

/** What each route refuses, by HTTP status. */
export const submissionRefusals = {
  403: ['request.nobody_may_ask', 'request.not_for_them', 'request.not_eligible', 'request.caller_without_identity'],
  409: [
    'request.already_held',
    'request.not_extendable',
    'request.already_open',
    'request.incompatible',
    'request.nobody_can_decide',
  ],
} as const;
export const decisionRefusals = {
  403: [
    'request.own_request',
    'request.own_exception',
    'request.superiors_request',
    'request.not_approver',
    'request.caller_without_identity',
  ],
  409: ['request.not_pending', 'request.already_decided'],
} as const;
export const cancellationRefusals = {
  403: ['request.not_requester', 'request.caller_without_identity'],
  409: ['request.not_pending'],
} as const;
