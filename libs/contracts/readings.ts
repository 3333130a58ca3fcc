/** `hub.provisioning.results`: all accounts of an application were read once, and who holds which groups and roles. Key: the connector. */
export const readingEnded = 'hub.provisioning.reading.ended.v1';

/** Why a reading is not believed. */
export const readingDoubts = ['incomplete', 'shown-twice', 'known-account-missing', 'lost-accounts'] as const;

export interface ReadingEndedMessage {
  readonly reading: string;
  readonly connector: string;
  readonly applications: readonly string[];
  /** `held`: it was not believed; nothing counts as gone. */
  readonly status: 'completed' | 'held' | 'failed';
  /** Why it is held. */
  readonly reason?: (typeof readingDoubts)[number];
  /** Absent where it failed before anything was shown. What changed later may be shown by the next one alone. */
  readonly startedAt?: string;
  readonly endedAt: string;
  readonly accounts: number;
  /** Accounts that were there before and were not shown. */
  readonly missing: number;
  /** Groups and roles that accounts hold. */
  readonly holdings: number;
  /** It showed who holds all groups and roles. */
  readonly holdingsComplete: boolean;
}
