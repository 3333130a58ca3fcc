import { DomainError } from '#libs/event-store/core.js';
import type { Touches } from './touches.js';

/** One connector serves one application: with two, each would remove what the other gives. */
export class ConnectorTaken extends DomainError<{ pointer: string; application: string }> {
  readonly code = 'application.connector_taken';

  constructor(connectorId: string, application: string) {
    super(`connector ${connectorId} serves application ${application} only: define another connector`, {
      pointer: '/connectorId',
      application,
    });
  }
}

/** The accounts stay where the former connector created them, and nothing would disable them there. */
export class ConnectorInUse extends DomainError<{ pointer: string }> {
  readonly code = 'application.connector_in_use';

  constructor(connectorId: string) {
    super(
      `people have or had access through connector ${connectorId}, and their accounts would remain there: keep it, or define another application for the new connector, grant that one, and remove this one from the packages`,
      { pointer: '/connectorId' },
    );
  }
}

export class PackageWasRetired extends DomainError<{ packageId: string }> {
  readonly code = 'access_package.was_retired';
}

export class PackageWasPublished extends DomainError<{ packageId: string }> {
  readonly code = 'access_package.was_published';
}

/** Owners draft packages of what they own alone. */
export class DraftNotOwned extends DomainError<{ packageId: string }> {
  readonly code = 'access_package.not_owner';
}

/** Owners write drafts; what is published is for policy administrators. */
export class PublishedByAdministrators extends DomainError<{ packageId: string }> {
  readonly code = 'access_package.only_drafts';
}

/**
 * The change takes access from more people than is allowed without confirmation. `members` is part of the problem
 * document.
 */
export class ChangeTakesAccess extends DomainError<{ members: { readonly touches: Touches } }> {
  readonly code = 'catalog.takes_access';

  constructor(touches: Touches, confirmed: number | null) {
    const { loses, holders, lastHour } = touches;
    const together =
      lastHour.loses > loses
        ? `, and together with changes of the last hour from ${lastHour.loses} of ${lastHour.holders}`
        : '';
    const more = confirmed === null ? '' : `, more than the ${confirmed} confirmed`;
    super(
      `this would take access from ${loses} of ${holders} who hold it${together}${more}: see touches, and repeat with ?confirm=${loses} if that is meant`,
      { members: { touches } },
    );
  }
}
