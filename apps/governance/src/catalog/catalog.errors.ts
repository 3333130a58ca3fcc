import { DomainError } from '#libs/event-store/core.js';

export class PackageWasPublished extends DomainError<{ packageId: string }> {
  readonly code = 'access_package.was_published';
}
