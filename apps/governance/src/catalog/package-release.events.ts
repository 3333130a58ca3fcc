import type { Fact, PersonalPart } from '#libs/event-store/core.js';

/**
 * What this version of a package, and those before, add may reach those who held it before. Stream: `package-release-<id>` of
 * the package.
 */
export type PackageVersionReleased = Fact<
  'PackageVersionReleased',
  1,
  {
    readonly packageId: string;
    readonly version: number;
    /** UUID of the actor: an owner, or a policy administrator where there is none. */
    readonly releasedBy: string;
    readonly releasedAt: string;
    /** Nobody owns the package: who defined the version let it reach its holders by that. */
    readonly withDefinition?: true;
  }
> & {
  /** The reason that the actor gave; absent if there is none. */
  readonly personal?: { readonly reason: PersonalPart<{ readonly reason: string }> };
};

export const packageReleaseFacts = ['PackageVersionReleased'] as const;
