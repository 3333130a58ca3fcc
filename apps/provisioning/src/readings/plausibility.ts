/** Why a reading is not believed. What it showed is kept; nothing counts as gone. */
export type Doubt =
  /** The application did not show everything: a list that is cut, moves, or counts wrongly. */
  | 'incomplete'
  /** It showed the same account again: the list goes in a circle. */
  | 'shown-twice'
  /** An account that can be read by its id is not in the list. */
  | 'known-account-missing'
  /** A fifth of the accounts or more is not there any more. */
  | 'lost-accounts';

/** What a reading showed of the accounts. */
export interface Showing {
  /** The list was paged to its end, and nothing speaks against it. */
  readonly complete: boolean;
  /** Accounts that were shown again. */
  readonly repeated: number;
  /** Accounts that were there at the last reading that was believed, or that the hub knows. */
  readonly before: number;
  /** Those among them that were not shown. */
  readonly missing: number;
  /** Those that were not shown, and are there when they are read by their ids. */
  readonly there: readonly string[];
  /** A person expects that so many are missing, at most; null where nobody said so. */
  readonly confirmed: number | null;
}

/** One reading of several accounts that loses this share of them, or more, is held. */
const mostLost = 1 / 5;
/** One account alone is looked for by its id instead. */
const fewest = 2;

/** Why this showing is not believed; null where it is. */
export function doubtOf({ complete, repeated, before, missing, there, confirmed }: Showing): Doubted | null {
  if (repeated > 0)
    return doubted('shown-twice', `${repeated} accounts were shown more than once: the list goes in a circle or moves`);
  if (!complete)
    return doubted(
      'incomplete',
      'the application did not show everything: the list is cut, moves while it is read, or its count is wrong',
    );
  if (there.length > 0)
    return doubted(
      'known-account-missing',
      `${there.length} accounts are not in the list and can be read by their ids: the list does not show everybody`,
    );
  const isLoss = missing >= fewest && missing >= before * mostLost;
  if (isLoss && missing > (confirmed ?? 0))
    return doubted(
      'lost-accounts',
      `${missing} of ${before} accounts are not there any more: find out why, or read again with {"confirm": ${missing}}`,
    );
  return null;
}

export interface Doubted {
  readonly reason: Doubt;
  readonly detail: string;
}

const doubted = (reason: Doubt, detail: string): Doubted => ({ reason, detail });
