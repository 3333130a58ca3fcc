import type { Account } from '../accounts/accounts.exports.js';
import type { Link } from './linking.js';
import type { FoundThere, Outcome } from './outcome.js';

/** One person for whom enforcing does something. */
export interface PreviewedPerson {
  readonly identityId: string;
  readonly application: string;
  readonly accountId: string | null;
  readonly userName: string | null;
  readonly outcome: Outcome;
  /** Fingerprint of everything that the outcome was found from. */
  readonly state: string;
  /** Version of the account's stream. */
  readonly version: number;
  readonly known: Account;
  readonly link: Link;
  readonly found: FoundThere | null;
  /** Governance desired nothing here: somebody who left, or nobody who is known. */
  readonly isGhost: boolean;
}

/** Where a page ends: first those of whom something is desired, then those who left and have an account. */
export interface PlaceOfPage {
  readonly part: 'desired' | 'ghosts' | 'orphans' | 'holders';
  readonly after: string;
}
