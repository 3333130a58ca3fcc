import { DomainError } from '#libs/event-store/core.js';

/** Only an owner of the package releases a version of it; a policy administrator, where nobody owns it. */
export class NotPackageOwner extends DomainError<{ packageId: string }> {
  readonly code = 'package_version.not_owner';
}

/** Another version is the newest one now: look at what that adds. */
export class VersionNotNewest extends DomainError<{ packageId: string; newest: number }> {
  readonly code = 'package_version.not_newest';
}

/** The version adds nothing that waits for a release. */
export class NothingToRelease extends DomainError<{ packageId: string }> {
  readonly code = 'package_version.nothing_to_release';
}

/** What a release refuses, by HTTP status. */
export const releaseRefusals = {
  403: ['package_version.not_owner'],
  409: ['package_version.not_newest', 'package_version.nothing_to_release'],
} as const;
