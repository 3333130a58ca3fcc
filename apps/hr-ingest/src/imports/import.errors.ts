import { DomainError } from '#libs/event-store/core.js';

/** It is over: there is nothing left to stop. */
export class ImportNotRunning extends DomainError<{ import: string }> {
  readonly code = 'import.not_running';

  constructor(id: string) {
    super('the import is over: what it did stays, nothing is left to cancel', { import: id });
  }
}

/** Nothing waits for a person. */
export class ImportNotHeld extends DomainError<{ import: string }> {
  readonly code = 'import.not_held';

  constructor(id: string) {
    super('the import is not held: there is nothing to release', { import: id });
  }
}
