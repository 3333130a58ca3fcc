import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Accounts } from '../../accounts/accounts.stream.js';
import { NameHolders } from '../../accounts/name-holders.query.js';
import { NameHandovers } from '../../accounts/name-handovers.store.js';
import { Groups } from '../../groups/groups.stream.js';
import { ChangedGroups } from '../../groups/changed-groups.query.js';
import { Places } from '../../places/places.query.js';
import { RefusalRows } from '../refusals/refusals.store.js';
import { DueAccounts } from './due-accounts.query.js';
import { Reapplication } from './reapplication.js';

/** Where a worker finds what is due, and stores what it did. */
@Injectable()
export class AccountStorage {
  constructor(
    readonly store: EventStore,
    readonly db: Database,
    readonly accounts: Accounts,
    readonly groups: Groups,
    readonly due: DueAccounts,
    readonly reapplication: Reapplication,
    readonly names: NameHolders,
    readonly handovers: NameHandovers,
    readonly refusals: RefusalRows,
    readonly places: Places,
    readonly changedGroups: ChangedGroups,
  ) {}
}
