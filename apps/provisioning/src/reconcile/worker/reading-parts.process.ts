import { uuidv7 } from '#libs/event-store/ids.js';
import { AccountRules } from '../../accounts/accounts.exports.js';
import type { Lease } from '#libs/event-store/lease.js';
import type { DiscoverEntitlements } from '../../discovery/discovery.exports.js';
import { ReadApplication } from '../../readings/readings.exports.js';
import type { Target } from '../../targets/targets.exports.js';
import { pause } from './pause.js';
import type { ConnectorWorkerOptions } from './worker-options.js';

interface Reads {
  readonly target: Pick<Target, 'accounts' | 'entitlements'>;
  readonly discovery: DiscoverEntitlements;
  readonly lease: Lease;
  readonly call: <T>(read: () => Promise<T>) => Promise<T>;
  readonly mayCall: () => boolean;
}

/** What makes the readings of an application, for a worker that enforces or only observes. */
export function readApplicationOf(
  { row, storage, applications, now }: ConnectorWorkerOptions,
  reads: Reads,
): ReadApplication {
  const { matching, observedAccess, comparison } = storage;
  const { mode, groups } = row.document;
  const readerTerms = { observes: mode === 'observe', byId: groups.mode === 'by-id' };
  return new ReadApplication({
    connector: row.id,
    ...reads,
    paths: [...new Set([...new AccountRules(row.document).targets, ...matching.paths(row.document)])],
    schedule: { every: row.document.reconcile.every, window: row.document.window },
    newId: uuidv7,
    readings: storage.readings,
    ends: storage.readingEnds,
    store: storage.store,
    applications,
    observed: storage.observed,
    holdings: storage.holdings,
    runs: storage.discoveryRuns,
    match: () => matching.match(row.id, row.document, now()),
    compare: (reading) =>
      comparison.run({ connector: row.id, document: row.document, authoritative: row.authoritative, now, ...reading }),
    tell: (reading) => observedAccess.tell({ connector: row.id, ...reading }, readerTerms),
    now,
    pause,
  });
}
