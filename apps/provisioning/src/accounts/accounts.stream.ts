import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { isAccount, type Account } from './account-state.js';
import { account } from './account.js';
import { accountUpcasts, type AccountEvent } from './account.events.js';
import { accountRows } from './account-rows.projection.js';
import { givenValues } from './given-values.projection.js';
import { operationRows } from './operation-rows.projection.js';

/** The facts of each account. */
@Injectable()
export class Accounts extends EventStream<Account, AccountEvent> {
  constructor(store: EventStore) {
    super(store, {
      category: 'account',
      fold: account,
      upcasts: accountUpcasts,
      isState: isAccount,
      readModels: [accountRows, operationRows, givenValues],
    });
  }

  /** The stream of one identity's account behind one connector. */
  static idOf(identityId: string, connector: string): string {
    return `${identityId}.${connector}`;
  }
}
