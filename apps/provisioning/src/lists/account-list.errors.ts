import { DomainError } from '#libs/event-store/core.js';

/** A newer list is known. */
export class AccountListOlder extends DomainError {
  readonly code = 'account_list.older';
}

/** The connector does not say how a list is read. */
export class AccountListNotTaken extends DomainError {
  readonly code = 'account_list.not_taken';
}
