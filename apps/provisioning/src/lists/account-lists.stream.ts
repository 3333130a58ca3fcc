import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { accountList, type AccountList, isAccountList } from './account-list.js';
import type { AccountListEvent } from './account-list.events.js';
import { accountListRows } from './account-list-rows.projection.js';

/** The facts of the uploaded lists, by connector. */
@Injectable()
export class AccountLists extends EventStream<AccountList, AccountListEvent> {
  constructor(store: EventStore) {
    super(store, {
      category: 'account-list',
      fold: accountList,
      isState: isAccountList,
      readModels: [accountListRows],
    });
  }
}
