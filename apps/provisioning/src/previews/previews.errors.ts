import { DomainError } from '#libs/event-store/core.js';

/** It is still being made. */
export class PreviewNotReady extends DomainError {
  readonly code = 'preview.not_ready';
}
/** The connector's document is another one now. */
export class PreviewOutdated extends DomainError {
  readonly code = 'preview.outdated';
}
/** It was released before. */
export class PreviewReleased extends DomainError {
  readonly code = 'preview.released';
}
/** Enforcing would do what nobody has seen. */
export class PreviewMissing extends DomainError {
  readonly code = 'preview.missing';
}
/** A connector that observes takes nothing away. */
export class ConnectorObserves extends DomainError {
  readonly code = 'connector.observes';
}
