import { DomainError } from '#libs/event-store/core.js';
import type { Touches } from './touches.js';

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

/** As many people would lose access as may not lose it unasked. `members` is part of the problem document. */
export class ChangeTakesAccess extends DomainError<{ members: { readonly touches: Touches } }> {
  readonly code = 'catalog.takes_access';

  constructor(touches: Touches, confirmed: number | null) {
    const { loses, holders } = touches;
    const more = confirmed === null ? '' : `, more than the ${confirmed} confirmed`;
    super(
      `this would take access from ${loses} of ${holders} who hold it${more}: see touches, and repeat with ?confirm=${loses} if that is meant`,
      { members: { touches } },
    );
  }
}
