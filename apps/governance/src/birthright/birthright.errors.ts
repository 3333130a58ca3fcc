import { DomainError } from '#libs/event-store/core.js';

export class ExclusionOver extends DomainError<{ exclusionId: string }> {
  readonly code = 'birthright_exclusion.over';
}

/** Only who made it, an owner of the package or a policy administrator ends it. */
export class ExclusionNotYours extends DomainError<{ exclusionId: string }> {
  readonly code = 'birthright_exclusion.not_yours';
}

/** What ending an exclusion refuses, by HTTP status. */
export const exclusionRefusals = {
  403: ['birthright_exclusion.not_yours'],
  409: ['birthright_exclusion.over'],
} as const;
