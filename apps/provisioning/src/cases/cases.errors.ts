import { DomainError } from '#libs/event-store/core.js';

/** The case is open, and there is no parked account to decide about. */
export class CaseNotParked extends DomainError {
  readonly code = 'case.not_parked';
}
