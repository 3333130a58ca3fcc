import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/system/clock.js';
import { ConnectorRows } from '../connectors/connectors.exports.js';
import { isStale } from './account-list.js';
import { AccountLists } from './account-lists.stream.js';

/** The newest list of accounts that somebody uploaded. */
export interface AccountListView {
  readonly connector: string;
  /** When the accounts were so; null: there is no list yet. */
  readonly asOf: string | null;
  readonly receivedAt: string | null;
  readonly accounts: number;
  /** Every line could be read. */
  readonly whole: boolean;
  /** It is too old, or there is none. */
  readonly stale: boolean;
  /** Since the newest list. */
  readonly reminders: number;
}

@Injectable()
export class AccountListRows {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly lists: AccountLists,
    private readonly clock: Clock,
  ) {}

  /** Null: the connector takes no lists. */
  async one(connector: string): Promise<AccountListView | null> {
    const view = await this.connectors.view(connector);
    if (view?.file == null) return null;
    const { state } = await this.lists.load(connector);
    const { asOf, receivedAt, accounts, whole, reminders } = state;
    const stale = isStale(state, view.file.freshFor, this.clock.now());
    return { connector, asOf, receivedAt, accounts, whole, stale, reminders };
  }
}
