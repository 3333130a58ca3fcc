import type { EntitlementKind } from '#libs/contracts/entitlement.js';
import { takenBy } from '#libs/contracts/operation-effects.js';
import { Lease } from '#libs/event-store/lease.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import {
  AccountRules,
  lateEffectMs,
  type GrantedKind,
  policyOf,
  releaseReports,
} from '../../accounts/accounts.exports.js';
import { byPeople } from '../../connectors/connectors.exports.js';
import { DiscoverEntitlements } from '../../discovery/discovery.exports.js';
import { GroupComparison, GroupDirectory } from '../../groups/groups.exports.js';
import { placeOf } from '../../places/places.exports.js';
import { type EntitlementTarget, grantsNone, namedById } from '../../targets/targets.exports.js';
import { ApplicationCalls, type ApplicationCallsOptions } from '../calls/application-calls.process.js';
import { Lanes } from '../calls/lanes.process.js';
import { Memberships } from '../calls/memberships.process.js';
import { Probe } from '../calls/probe.js';
import { type IsOfAnother, LookUps } from '../look-ups/look-ups.js';
import { NameReleases } from '../look-ups/name-releases.js';
import { PlaceProof, type PlaceProofOptions } from '../look-ups/place-proof.js';
import { UniqueValues } from '../look-ups/unique-values.js';
import { RoleDirectory } from '../look-ups/role-directory.js';
import { backoffLimits, backoffMs } from '../refusals/backoff.js';
import { Gate } from '../refusals/gate.js';
import { QuarantineKeeper } from '../refusals/quarantine-keeper.process.js';
import { Quarantine } from '../refusals/quarantine.js';
import { LastSuccess } from '../refusals/last-success.js';
import { RefusalWriter } from '../refusals/refusal-writer.process.js';
import { Refusals } from '../refusals/refusals.js';
import { OnDemand, type OnDemandOptions } from '../on-demand/on-demand.process.js';
import { pause } from './pause.js';
import { Rehearse } from '../rehearsal/rehearse.process.js';
import { BesideWork } from './beside-work.process.js';
import { RemovalGuard } from './removal-guard.js';
import { Journal } from './journal.process.js';
import { readApplicationOf } from './reading-parts.process.js';
import type { TaskContext } from './task-context.js';
import type { ConnectorWorkerOptions } from './worker-options.js';

/** What the worker of a connector works with. */
export interface WorkerParts {
  readonly lease: Lease;
  readonly rules: AccountRules;
  readonly place: PlaceProof;
  readonly gate: Gate;
  readonly well: LastSuccess;
  readonly refusals: Refusals;
  readonly refusalWriter: RefusalWriter;
  readonly directory: GroupDirectory;
  readonly beside: BesideWork;
  readonly guard: RemovalGuard;
  readonly quarantine: Quarantine;
  readonly quarantineKeeper: QuarantineKeeper;
  readonly context: TaskContext;
}

/** What the parts ask their worker. */
export interface WorkerHooks {
  /** True while the worker stops. */
  readonly ending: () => boolean;
  readonly recordOutcome: ApplicationCallsOptions['recordOutcome'];
  readonly workOn: NonNullable<OnDemandOptions['workOn']>;
}

/** What several parts share. */
interface Shared {
  readonly options: ConnectorWorkerOptions;
  readonly lease: Lease;
  readonly lanes: Lanes;
  readonly place: PlaceProof;
  readonly nowMs: () => number;
  /** When a call that started then can no longer be running. */
  readonly overMs: (startedAtMs: number) => number;
  readonly mayCall: () => boolean;
  readonly grants: Readonly<Record<GrantedKind, EntitlementTarget>>;
}

/** Makes every part of a connector's worker. Nothing is called or stored yet. */
export function workerParts(
  options: ConnectorWorkerOptions,
  { ending, recordOutcome, workOn }: WorkerHooks,
): WorkerParts {
  const { row, storage, now, chance } = options;
  const nowMs = (): number => Date.parse(now());
  const lease = new Lease(storage.db, `connector.${row.id}`, options.holder);
  const gate = new Gate(nowMs, chance, backoffLimits(row.document.retry));
  const mayCall = (): boolean => !ending() && lease.held && !gate.held;
  const shared = sharedOf(options, { lease, nowMs, mayCall });
  const rules = new AccountRules(row.document);
  const directory = groupDirectoryOf(shared);
  const well = new LastSuccess();
  const { refusals, refusalWriter } = refusalsOf(options, nowMs);
  const calls = callsOf(shared, { rules, directory, recordOutcome });
  const guard = new RemovalGuard(row.document.accidentalDeletionThreshold, nowMs);
  const quarantineKeeper = new QuarantineKeeper(row, storage.quarantines, options.onError);
  const quarantine = new Quarantine(row.document.quarantine, nowMs, (kept) => {
    quarantineKeeper.keep(kept);
    if (kept === null) options.health.working(row.id);
    else options.health.quarantined(row.id, kept);
  });
  const context = contextOf(shared, { rules, refusals, calls, directory, well, guard, quarantine, ending });
  const { place } = shared;
  return {
    lease,
    rules,
    place,
    gate,
    well,
    refusals,
    refusalWriter,
    directory,
    beside: besideOf(shared, { directory, rules, workOn }),
    guard,
    quarantine,
    quarantineKeeper,
    context,
  };
}

function sharedOf(options: ConnectorWorkerOptions, given: Pick<Shared, 'lease' | 'nowMs' | 'mayCall'>): Shared {
  const { row, storage, target, now, takeover } = options;
  const quietMs = target.quietAfterMs ?? callTimeoutMs;
  const probe: PlaceProofOptions['probe'] = (known, call) => target.probe(known, call);
  const place = new PlaceProof({
    connector: row.id,
    place: placeOf(row.document),
    places: storage.places,
    probe,
    now,
  });
  const overMs = (startedAtMs: number): number =>
    takeover !== null && startedAtMs < takeover.startedMs
      ? Math.min(startedAtMs + quietMs, takeover.startedMs + lateEffectMs)
      : startedAtMs + quietMs;
  const targetOf = (kind: EntitlementKind): EntitlementTarget => {
    const granted = target.entitlements(kind) ?? grantsNone;
    return row.document.groups.mode === 'by-id' ? namedById(granted) : granted;
  };
  const grants = { group: targetOf('group'), role: targetOf('role') };
  return { options, lanes: new Lanes(row.document.limits.concurrency), place, overMs, grants, ...given };
}

function groupDirectoryOf({ options, lease, nowMs, overMs, grants }: Shared): GroupDirectory {
  const { row, storage } = options;
  return new GroupDirectory({
    changedGroups: storage.changedGroups,
    connector: row.id,
    groups: storage.groups,
    target: grants.group,
    create: row.document.groups.create,
    lease,
    nowMs,
    overMs,
    onFacts: (events) => options.onGroups(events),
  });
}

function refusalsOf(
  { row, storage, chance, onError }: ConnectorWorkerOptions,
  nowMs: () => number,
): Pick<WorkerParts, 'refusals' | 'refusalWriter'> {
  const refusals: Refusals = new Refusals(nowMs, chance, (call) => refusalWriter.note(call));
  const refusalWriter = new RefusalWriter(row.id, storage.refusals, (call) => refusals.kept(call), onError);
  return { refusals, refusalWriter };
}

function callsOf(
  { options, lanes, place, nowMs, mayCall, grants }: Shared,
  { rules, directory, recordOutcome }: Pick<WorkerParts, 'rules' | 'directory'> & Pick<WorkerHooks, 'recordOutcome'>,
): ApplicationCalls {
  const { target, storage, row } = options;
  const isOfAnother: IsOfAnother = (account, identityId) => storage.linked.isOfAnother(row.id, account, identityId);
  const directories = { group: directory, role: new RoleDirectory(grants.role, nowMs) };
  return new ApplicationCalls({
    target,
    lanes,
    lookUps: new LookUps(target, directories, rules.targets, place, isOfAnother),
    place,
    memberships: {
      group: new Memberships(grants.group, directories.group, lanes),
      role: new Memberships(grants.role, directories.role, lanes),
    },
    nowMs,
    mayCall,
    recordOutcome,
    probe: new Probe(target.accounts),
  });
}

function besideOf(
  { options, lease, lanes, place, nowMs, mayCall, grants }: Shared,
  { directory, rules, workOn }: Pick<WorkerParts, 'directory' | 'rules'> & Pick<WorkerHooks, 'workOn'>,
): BesideWork {
  const { readsManager } = rules;
  const { row, storage, target, now, onError } = options;
  const common = { connector: row.id, mayCall, lanes };
  const { changedGroups, handovers } = storage;
  const call = <T>(read: () => Promise<T>): Promise<T> => lanes.run(2, read);
  const discovery = new DiscoverEntitlements({
    connector: row.id,
    target,
    store: storage.store,
    entitlements: storage.entitlements,
    runs: storage.discoveryRuns,
    lease,
    call,
    now,
    mayCall,
  });
  const mayRead = (): boolean => mayCall() && row.status === 'running';
  return new BesideWork({
    names: new NameReleases({ ...common, target, handovers, now }),
    groups: new GroupComparison({ ...common, target: grants.group, changedGroups, directory, place, nowMs }),
    discovery,
    onDemand: new OnDemand({ worker: options, workOn, call }),
    rehearse: new Rehearse({ worker: options, call, mayCall: mayRead, pause }),
    reading: readApplicationOf(options, { target, discovery, lease, call, mayCall: mayRead }),
    releaseReports: async () => (readsManager ? await releaseReports(storage.db, row.id, now()) : 0),
    releaseDeletions: () => storage.deletions.release(row.id, now()),
    nowMs,
    onError,
  });
}

function contextOf(
  { options, lease, place, overMs, mayCall }: Shared,
  {
    rules,
    refusals,
    calls,
    directory,
    well,
    guard,
    quarantine,
    ending,
  }: Pick<WorkerParts, 'rules' | 'refusals' | 'directory' | 'well' | 'guard' | 'quarantine'> &
    Pick<WorkerHooks, 'ending'> & { readonly calls: ApplicationCalls },
): TaskContext {
  const { row, storage, target, now, chance } = options;
  const waits = backoffLimits(row.document.retry);
  const { store, accounts, names, handovers, given } = storage;
  const unique = new UniqueValues((open, value, priority) => calls.isFree(open, value, priority), given);
  return {
    connector: row.id,
    policy: policyOf(row.document),
    journal: new Journal(store, accounts, lease, now, rules.readsManager ? row.id : null),
    calls,
    refusals,
    nameHolder: (name, identityId) => names.other(row.id, name, identityId),
    pull: rules.pull,
    choose: (open, wanted, priority) => unique.choose(open, wanted, priority),
    askForName: (name, from, to) => handovers.ask(row.id, name, from, to, now()),
    reload: (id) => accounts.load(id),
    othersSucceededMs: (identityId) => well.ofOthersMs(identityId),
    removalLimit: (removal) => (guard.isHeld(removal) ? guard.most : null),
    waitUntilMs: (next, identity) =>
      (takenBy(next.kind) === null ? quarantine.waitUntilMs(identity) : null) ?? refusals.waitUntilMs(next, identity),
    ended: (identity, ended) => {
      quarantine.record(identity, ended);
    },
    parked: (identity, code) => options.onParked(identity, code),
    place,
    membership: (granted) => directory.membership(granted),
    grants: (kind) => target.entitlements(kind) !== null,
    now,
    backoffMs: (failures) => backoffMs(failures, chance(), waits),
    mostAttempts: row.document.retry.attempts,
    byPeople: byPeople.has(row.document.protocol),
    overMs,
    mayCall,
    ending,
  };
}
