import { DomainError } from '#libs/event-store/core.js';

export class NotLockedDown extends DomainError<{ identityId: string }> {
  readonly code = 'lockdown.not_locked';
}

/** Ending a lockdown takes a second person. */
export class ReleasedByTheSamePerson extends DomainError<{ identityId: string }> {
  readonly code = 'lockdown.second_person_required';
}

/** What the release refuses, by HTTP status. */
export const releaseRefusals = {
  403: ['lockdown.second_person_required'],
  409: ['lockdown.not_locked'],
} as const;
