import type { Fact } from '#libs/event-store/core.js';

/** Lists of accounts that owners of an application upload. Stream: `account-list-<connector>`. */
export type AccountListEvent = AccountListReceived | AccountListStale;

export type AccountListReceived = Fact<
  'AccountListReceived',
  1,
  {
    readonly connector: string;
    readonly applications: readonly string[];
    /** When the accounts were so, as its owner says. */
    readonly asOf: string;
    readonly accounts: number;
    /** Every line could be read: what it does not name is not there. */
    readonly whole: boolean;
    /** UUID of who uploaded it. */
    readonly by: string;
    readonly receivedAt: string;
  }
>;
/** The newest list is too old, or there is none. */
export type AccountListStale = Fact<
  'AccountListStale',
  1,
  {
    readonly connector: string;
    readonly applications: readonly string[];
    /** Of the newest list; null: there is none. */
    readonly asOf: string | null;
    readonly reminder: number;
    readonly remindedAt: string;
  }
>;

export const accountListFacts = ['AccountListReceived', 'AccountListStale'] as const;
