import { DomainError } from '#libs/event-store/core.js';

/** One connector serves one application: with two, each would take away what the other gives. */
export class ConnectorTaken extends DomainError<{ pointer: string; application: string }> {
  readonly code = 'application.connector_taken';

  constructor(connectorId: string, application: string) {
    super(`connector ${connectorId} serves application ${application}, and no other: define another connector`, {
      pointer: '/connectorId',
      application,
    });
  }
}

/** Accounts stay where the former connector made them, and nobody would disable them there. */
export class ConnectorInUse extends DomainError<{ pointer: string }> {
  readonly code = 'application.connector_in_use';

  constructor(connectorId: string) {
    super(
      `people have or had access through connector ${connectorId}, and their accounts would be left behind: keep it, or define another application for the new connector, grant that, and take this one out of the packages`,
      { pointer: '/connectorId' },
    );
  }
}

export class PackageWasPublished extends DomainError<{ packageId: string }> {
  readonly code = 'access_package.was_published';
}
