import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import { later } from '#libs/text/duration.js';
import { AccountListOlder } from './account-list.errors.js';
import type { AccountListEvent, AccountListReceived } from './account-list.events.js';

/** The newest list of accounts of an application, and how often people were reminded of another. */
export interface AccountList {
  /** When the accounts were so; null: there is no list yet. */
  readonly asOf: string | null;
  readonly receivedAt: string | null;
  readonly accounts: number;
  readonly whole: boolean;
  /** Since the newest list. */
  readonly reminders: number;
  readonly remindedAt: string | null;
}

/** A row holds the state of a list. */
export const isAccountList = hasShape<AccountList>({
  asOf: 'any',
  receivedAt: 'any',
  accounts: 'any',
  whole: 'any',
  reminders: 'any',
  remindedAt: 'any',
});

export const accountList: Fold<AccountList, AccountListEvent> = {
  version: 1,
  initial: { asOf: null, receivedAt: null, accounts: 0, whole: false, reminders: 0, remindedAt: null },
  evolve: (state, event) => {
    switch (event.type) {
      case 'AccountListReceived': {
        const { asOf, receivedAt, accounts, whole } = event.data;
        return { asOf, receivedAt, accounts, whole, reminders: 0, remindedAt: null };
      }
      case 'AccountListStale':
        return { ...state, reminders: event.data.reminder, remindedAt: event.data.remindedAt };
      default:
        return unreachable(event);
    }
  },
};

/** A list is received. @throws AccountListOlder for one that is older than the newest, or as old */
export function receive(data: AccountListReceived['data'], { asOf }: AccountList): AccountListReceived {
  if (asOf !== null && data.asOf <= asOf)
    throw new AccountListOlder(`a list of ${asOf} is known: upload a newer one`, { asOf });
  return { type: 'AccountListReceived', v: 1, data };
}

/** How long a list is good for, and how often people are reminded: ISO 8601 durations. */
interface Freshness {
  readonly freshFor: string;
  readonly remindEvery: string;
}

/** Is the newest list too old, or is there none? */
export function isStale({ asOf }: AccountList, freshFor: string, now: string): boolean {
  return asOf === null || later(asOf, freshFor) <= now;
}

/** Reminds of a list that is too old, again after a while. */
export function remindOf(
  about: { readonly connector: string; readonly applications: readonly string[] },
  { freshFor, remindEvery }: Freshness,
  now: string,
  state: AccountList,
): AccountListEvent[] {
  const { asOf, reminders, remindedAt } = state;
  const isDue = remindedAt === null || later(remindedAt, remindEvery) <= now;
  if (!isStale(state, freshFor, now) || !isDue) return [];
  const data = { ...about, asOf, reminder: reminders + 1, remindedAt: now };
  return [{ type: 'AccountListStale', v: 1, data }];
}
