import type { Coverage, Gap } from './coverage.js';

/** What is known of one account by reading its application. */
export interface AccountCoverage {
  /**
   * `no-account`: there is none; `never-read`: no reading was complete yet; `not-shown`: the last complete reading did not
   * show it; `written-since`: the hub changed it after that reading began.
   */
  readonly state: 'no-account' | 'never-read' | 'shown' | 'not-shown' | 'written-since';
  /** When the last complete reading began. */
  readonly readAt: string | null;
  readonly missingSince: string | null;
  readonly gaps: readonly Gap[];
}

/** An account, as the hub keeps it and as it was shown. */
export interface CoveredAccount {
  readonly exists: boolean;
  /** When the hub changed it last; null where it never did. */
  readonly writtenAt: string | null;
  readonly isShown: boolean;
  readonly missingSince: string | null;
}

export function accountCoverage({ lastComplete, gaps }: Coverage, account: CoveredAccount): AccountCoverage {
  const readAt = lastComplete?.startedAt ?? null;
  return { state: stateOf(readAt, account), readAt, missingSince: account.missingSince, gaps };
}

function stateOf(
  readAt: string | null,
  { exists, writtenAt, isShown, missingSince }: CoveredAccount,
): AccountCoverage['state'] {
  if (!exists) return 'no-account';
  if (readAt === null) return 'never-read';
  if (writtenAt !== null && writtenAt >= readAt) return 'written-since';
  return isShown && missingSince === null ? 'shown' : 'not-shown';
}
