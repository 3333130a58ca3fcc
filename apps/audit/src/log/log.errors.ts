import { DomainError } from '#libs/event-store/core.js';

/** The stored tree is not a continuation of what was signed before: somebody changed it. Nothing is signed any more. */
export class LogInconsistent extends DomainError<{ signedSize: number; size: number }> {
  readonly code = 'log.inconsistent';
}
