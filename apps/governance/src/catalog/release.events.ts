import type { Fact, PersonalPart } from '#libs/event-store/core.js';

/** A change that took access from many of its holders was made because somebody confirmed it. Stream: `release-<uuid>`. */
export type PolicyChangeReleased = Fact<
  'PolicyChangeReleased',
  1,
  {
    readonly kind: 'access-package' | 'birthright-rule';
    readonly id: string;
    /** Of the document, after the change. */
    readonly version: number;
    /** People who lose something by it, of those who held it. */
    readonly loses: number;
    readonly holders: number;
    /** How many were confirmed to lose something. */
    readonly confirmed: number;
    /** UUID of the actor who confirmed it: an identity, or the subject of a token without an identity. */
    readonly releasedBy: string;
  }
> & {
  /** The reason that the actor gave; absent if there is none. */
  readonly personal?: { readonly reason: PersonalPart<{ readonly reason: string }> };
};

export const releaseFacts = ['PolicyChangeReleased'] as const;
