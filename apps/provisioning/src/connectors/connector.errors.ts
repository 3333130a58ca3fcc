import { DomainError } from '#libs/event-store/core.js';

export class ConnectorNotDefined extends DomainError {
  readonly code = 'connector.not_defined';
}
/** The connector calls nobody. */
export class ConnectorPaused extends DomainError {
  readonly code = 'connector.paused';
}
export class NotOwner extends DomainError {
  readonly code = 'connector.not_owner';
}
/** The application cannot be asked how it speaks. */
export class NotDiscovered extends DomainError {
  readonly code = 'connector.not_discovered';
}
