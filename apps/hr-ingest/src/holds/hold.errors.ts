import { DomainError } from '#libs/event-store/core.js';

/** It was decided already. */
export class HoldNotOpen extends DomainError<{ hold: string }> {
  readonly code = 'hold.not_open';

  constructor(id: string) {
    super('this is not held any more: it has been decided', { hold: id });
  }
}

/** HR has stated the worker again since then. */
export class HoldOutdated extends DomainError<{ hold: string }> {
  readonly code = 'hold.outdated';

  constructor(id: string) {
    super('HR has sent a newer statement: cancel this one, or let HR send it again', { hold: id });
  }
}
