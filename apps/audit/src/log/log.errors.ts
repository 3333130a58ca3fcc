import { DomainError } from '#libs/event-store/core.js';

/** The stored tree is not a continuation of what was signed before: somebody changed it. Nothing is signed any more. */
export class LogInconsistent extends DomainError<{ signedSize: number; size: number }> {
  readonly code = 'log.inconsistent';
}

/** The log was signed before, and its newest checkpoint is kept nowhere outside the database: nobody can say whether it was changed. */
export class NotRecorded extends DomainError<{ where: string }> {
  readonly code = 'log.not_recorded';
}
