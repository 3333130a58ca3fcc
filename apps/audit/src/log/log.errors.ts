import { DomainError } from '#libs/event-store/core.js';

/** The stored tree does not continue the signed one: somebody changed it. Nothing more is signed. */
export class LogInconsistent extends DomainError<{ signedSize: number; size: number }> {
  readonly code = 'log.inconsistent';
}

/**
 * The log was signed before, but its newest checkpoint is not stored outside the database. So changes cannot be
 * detected.
 */
export class NotRecorded extends DomainError<{ where: string }> {
  readonly code = 'log.not_recorded';
}
