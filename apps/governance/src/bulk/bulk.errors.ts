import { DomainError } from '#libs/event-store/core.js';

export class BulkNotReady extends DomainError<{ bulkId: string }> {
  readonly code = 'bulk.not_ready';
}

/** It would take access from more people than is allowed without a confirmation. */
export class BulkTakesAccess extends DomainError<{ bulkId: string }> {
  readonly code = 'bulk.takes_access';

  constructor(bulkId: string, loses: number, holders: number) {
    super(
      `this would take access from ${loses} of ${holders} who hold it: look at its rows, and repeat with confirm ${loses} if that is meant`,
      { bulkId },
    );
  }
}

export class BulkEmpty extends DomainError {
  readonly code = 'bulk.nothing_to_change';
}

/** What each route refuses, by HTTP status. */
export const startingRefusals = { 409: ['bulk.nothing_to_change'] } as const;
export const applyingRefusals = { 409: ['bulk.not_ready', 'bulk.takes_access'] } as const;
export const cancellingRefusals = { 409: ['bulk.not_ready'] } as const;
