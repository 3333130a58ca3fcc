import { DomainError } from '#libs/event-store/core.js';

export class AssignmentNotActive extends DomainError<{ assignmentId: string }> {
  readonly code = 'assignment.not_active';
}

export class AssignmentGivenByRule extends DomainError<{ assignmentId: string; rule: string }> {
  readonly code = 'assignment.given_by_rule';
}
