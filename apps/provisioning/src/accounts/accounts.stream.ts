import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { account, isAccount, type Account } from './account.js';
import type { AccountEvent } from './account.events.js';
import { accountRows } from './account-rows.projection.js';

@Injectable()
export class Accounts extends EventStream<Account, AccountEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'account', fold: account, isState: isAccount, readModels: [accountRows] });
  }

  /** The stream of one identity's account behind one connector. */
  static idOf(identityId: string, connector: string): string {
    return `${identityId}.${connector}`;
  }
}
