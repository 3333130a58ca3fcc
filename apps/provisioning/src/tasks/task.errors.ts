import { DomainError } from '#libs/event-store/core.js';

/** It was answered otherwise, or withdrawn. */
export class TaskNotOpen extends DomainError {
  readonly code = 'task.not_open';
}
