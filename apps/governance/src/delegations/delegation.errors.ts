import { DomainError } from '#libs/event-store/core.js';

export class DelegationOver extends DomainError<{ delegationId: string }> {
  readonly code = 'delegation.over';
}

/** A subject without an identity makes no decisions, so there is nothing to delegate. */
export class DelegatorWithoutIdentity extends DomainError {
  readonly code = 'delegation.caller_without_identity';
}

/** What each route refuses, by HTTP status. */
export const makingRefusals = { 403: ['delegation.caller_without_identity'] } as const;
export const endingRefusals = { 409: ['delegation.over'] } as const;
