import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import {
  Accounts,
  DueDeletions,
  EvaluateMapping,
  GivenValues,
  LinkedAccounts,
  NameHandovers,
  NameHolders,
  NewestDesiredRows,
} from '../../accounts/accounts.exports.js';
import { DiscoveryRuns, Entitlements } from '../../discovery/discovery.exports.js';
import { CompareObserved } from '../../drift/drift.exports.js';
import { ChangedGroups, Groups } from '../../groups/groups.exports.js';
import { MatchObserved } from '../../matching/matching.exports.js';
import { TellObservedAccess } from '../../observed-access/observed-access.exports.js';
import { OnDemandRuns } from '../../on-demand/on-demand.exports.js';
import { Places } from '../../places/places.exports.js';
import { ObservedAccounts, ObservedHoldings, ReadingEnds, Readings } from '../../readings/readings.exports.js';
import { RehearsalRows } from '../../rehearsals/rehearsals.exports.js';
import { QuarantineRows } from '../refusals/quarantines.store.js';
import { RefusalRows } from '../refusals/refusals.store.js';
import { DueAccounts } from './due-accounts.query.js';
import { LateRemovals } from './removals.query.js';
import { Reapplication } from './reapplication.store.js';

/** The tables in which a worker finds due accounts and stores what it did. */
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
    readonly given: GivenValues,
    readonly linked: LinkedAccounts,
    readonly deletions: DueDeletions,
    readonly entitlements: Entitlements,
    readonly discoveryRuns: DiscoveryRuns,
    readonly handovers: NameHandovers,
    readonly refusals: RefusalRows,
    readonly quarantines: QuarantineRows,
    readonly places: Places,
    readonly changedGroups: ChangedGroups,
    readonly readings: Readings,
    readonly readingEnds: ReadingEnds,
    readonly observed: ObservedAccounts,
    readonly holdings: ObservedHoldings,
    readonly matching: MatchObserved,
    readonly observedAccess: TellObservedAccess,
    readonly comparison: CompareObserved,
    readonly removals: LateRemovals,
    readonly desired: NewestDesiredRows,
    readonly evaluate: EvaluateMapping,
    readonly onDemand: OnDemandRuns,
    readonly rehearsals: RehearsalRows,
  ) {}
}
