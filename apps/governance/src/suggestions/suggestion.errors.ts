import { DomainError } from '#libs/event-store/core.js';

/** It would give people what they do not have, and nobody has confirmed that. */
export class SuggestionGivesAccess extends DomainError<{ suggestionId: string; gains: number }> {
  readonly code = 'suggestion.gives_access';

  constructor(suggestionId: string, gains: number) {
    super(
      `this would give ${gains} people something that they do not have: look at its preview, and repeat with confirm ${gains} if that is meant`,
      { suggestionId, gains },
    );
  }
}

/** What taking up refuses, by HTTP status. */
export const takingUpRefusals = {
  409: [
    'suggestion.gives_access',
    'catalog.takes_access',
    'access_package.was_published',
    'access_package.was_retired',
  ],
} as const;
