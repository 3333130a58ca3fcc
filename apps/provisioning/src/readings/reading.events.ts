import type { Fact } from '#libs/event-store/core.js';
import type { Doubt } from './plausibility.js';

/** How readings of applications ended. Streams: `reading-<uuid>`. */
export type ReadingEnded = Fact<
  'ReadingEnded',
  1,
  {
    readonly reading: string;
    readonly connector: string;
    /** Those that the connector serves. */
    readonly applications: readonly string[];
    /** `held`: it was not believed; nothing counts as gone. */
    readonly status: 'completed' | 'held' | 'failed';
    /** Why it is held; null for another. */
    readonly reason: Doubt | null;
    /** Null where it failed before anything was shown. */
    readonly startedAt: string | null;
    readonly endedAt: string;
    /** Different accounts that were shown. */
    readonly accounts: number;
    /** Accounts that were there before and were not shown. */
    readonly missing: number;
    /** Groups and roles that accounts hold. */
    readonly holdings: number;
    /** It showed who holds all groups and roles. */
    readonly holdingsComplete: boolean;
  }
>;

export const readingFacts = ['ReadingEnded'] as const;
