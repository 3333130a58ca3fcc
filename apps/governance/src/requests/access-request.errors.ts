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
  constructor(
    readonly code: RefusalCode,
    packageId: string,
  ) {
    super(refusals[code], { packageId });
  }
}

const refusals = {
  'request.nobody_may_ask': 'this package is not given on request',
  'request.not_for_them': 'the package may not be requested for this person by you',
  'request.not_eligible': 'the beneficiary is not eligible for this package',
  'request.already_held': 'the beneficiary holds this package already',
  'request.already_open': 'a request of this package for the beneficiary is open already',
} as const;

export type RefusalCode = keyof typeof refusals;

/** Status of each refusal; the rest are conflicts (409). */
export const refusalStatuses = {
  'request.nobody_may_ask': 403,
  'request.not_for_them': 403,
  'request.not_eligible': 403,
  'request.already_held': 409,
  'request.already_open': 409,
  'request.own_request': 403,
  'request.not_approver': 403,
  'request.not_requester': 403,
  'request.caller_without_identity': 403,
  'request.not_pending': 409,
  'request.already_decided': 409,
} as const;
