import { DomainError } from '#libs/event-store/core.js';

/** It was decided before, or is over. */
export class DriftNotOpen extends DomainError {
  readonly code = 'drift.not_open';
}
