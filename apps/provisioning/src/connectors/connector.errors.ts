import { DomainError } from '#libs/event-store/core.js';

export class ConnectorNotDefined extends DomainError {
  readonly code = 'connector.not_defined';
}
/** The connector calls nobody. */
export class ConnectorPaused extends DomainError {
  readonly code = 'connector.paused';
}
/** The connector changes nothing in the application. */
export class ConnectorObserves extends DomainError {
  readonly code = 'connector.observes';
}
/** People make the changes of the connector. */
export class NotRehearsed extends DomainError {
  readonly code = 'connector.not_rehearsed';
}
export class NotOwner extends DomainError {
  readonly code = 'connector.not_owner';
}
/** The application cannot be asked how it speaks. */
export class NotDiscovered extends DomainError {
  readonly code = 'connector.not_discovered';
}

/** The change takes accounts away from more people than is allowed without confirmation. */
export class ChangeTakesAccounts extends DomainError<{ loses: number; accounts: number }> {
  readonly code = 'connector.takes_accounts';

  constructor({ loses, accounts }: { readonly loses: number; readonly accounts: number }, confirmed: number | null) {
    const more = confirmed === null ? '' : `, more than the ${confirmed} confirmed`;
    super(
      `this scope would take away the accounts of ${loses} of ${accounts} people who have one${more}: see ?dryRun=true, and repeat with ?confirm=${loses} if that is meant`,
      { loses, accounts },
    );
  }
}
