import type { Fact, PersonalPart } from '#libs/event-store/core.js';

/** Removals that the limit of a connector held go on, by a person's decision. Stream: `removal-release-<uuid>`. */
export type RemovalsReleased = Fact<
  'RemovalsReleased',
  1,
  {
    readonly connector: string;
    /** Whose access is taken away now. */
    readonly identities: readonly string[];
    /** UUID of the actor who released them: an identity, or the subject of a token without an identity. */
    readonly releasedBy: string;
  }
> & {
  readonly personal: { readonly reason: PersonalPart<{ readonly reason: string }> };
};

export const removalReleaseFacts = ['RemovalsReleased'] as const;
