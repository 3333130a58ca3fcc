import { DomainError } from '#libs/event-store/core.js';

/** The import is finished and cannot be stopped. */
export class ImportNotRunning extends DomainError<{ import: string }> {
  readonly code = 'import.not_running';

  constructor(id: string) {
    super('the import is finished: nothing can be cancelled', { import: id });
  }
}

/** Nothing is held. */
export class ImportNotHeld extends DomainError<{ import: string }> {
  readonly code = 'import.not_held';

  constructor(id: string) {
    super('the import is not held: there is nothing to release', { import: id });
  }
}
