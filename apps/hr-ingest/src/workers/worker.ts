import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import { canonicalKey } from '#libs/text/text.js';
import { changedFields, formerValues } from './attributes.js';
import { employmentAt } from './employment.js';
import { PersonDiffers } from './worker.errors.js';
import type { WorkerEvent } from './worker.events.js';

export type Worker =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'known';
      readonly worker: string;
      readonly person: string;
      readonly employed: boolean;
      readonly onLeave: boolean;
      readonly awaitsDay: boolean;
      /** Was there a live employment, now or before? */
      readonly wasHired: boolean;
      /** Null once forgotten. */
      readonly attributes: WorkerAttributes | null;
    };
export type KnownWorker = Extract<Worker, { status: 'known' }>;

export const worker: Fold<Worker, WorkerEvent> = {
  version: 1,
  initial: { status: 'unknown' },
  evolve: (state, event) => {
    switch (event.type) {
      case 'WorkerRecorded':
        return { ...stateIn(event), wasHired: state.status === 'known' && state.wasHired };
      case 'WorkerHired':
      case 'WorkerChanged':
      case 'WorkerMoved':
      case 'WorkerManagerChanged':
      case 'WorkerTerminated':
      case 'WorkerRehired':
      case 'WorkerLeaveStarted':
      case 'WorkerLeaveEnded':
        return { ...stateIn(event), wasHired: true };
      default:
        return unreachable(event);
    }
  },
};

/** A row holds the state of a known worker. */
export const isWorker = hasShape<KnownWorker>({
  status: ['known'],
  worker: 'text',
  person: 'text',
  employed: 'flag',
  onLeave: 'flag',
  awaitsDay: 'flag',
  wasHired: 'flag',
  attributes: 'object',
});

function stateIn({ data, personal }: WorkerEvent): Omit<KnownWorker, 'wasHired'> {
  const { worker, person, employed, onLeave, awaitsDay } = data;
  const attributes = personal.worker.fields?.attributes ?? null;
  return { status: 'known', worker, person, employed, onLeave, awaitsDay, attributes };
}

/** The instant of a decision and the zone of workers who have none of their own. */
export interface Today {
  readonly nowMs: number;
  readonly defaultZone: string;
}

export interface Snapshot {
  /** The whole record as HR states it now; what is absent is cleared. */
  readonly attributes: WorkerAttributes;
  /** UUIDs to use if this is the worker's first record. */
  readonly worker: string;
  readonly person: string;
  /** The person known by the record's `personId`; null when there is none or nobody has it yet. */
  readonly knownPerson: string | null;
}

/**
 * Compares a snapshot with the known state: at most one fact, of the most important kind (end, start, leave, move,
 * manager, anything else), with every difference in it. The same snapshot again gives no fact.
 *
 * @throws PersonDiffers if it would join two persons or separate one
 */
export function stateWorker(snapshot: Snapshot, today: Today, state: Worker): WorkerEvent[] {
  if (state.status === 'unknown') {
    const { worker, person, attributes } = snapshot;
    const fresh = { status: 'known', worker, person, ...notEmployed, attributes } as const;
    return [factOf(fresh, attributes, [], today)];
  }
  refuseOtherPerson(snapshot, state);
  return advance(state, snapshot.attributes, today);
}

/** The facts that follow from time alone: first days, ends and leaves that are due. Nothing early, nothing twice. */
export function passTime(today: Today, state: Worker): WorkerEvent[] {
  if (state.status === 'unknown' || state.attributes === null) return [];
  return advance(state, state.attributes, today);
}

const notEmployed = { employed: false, onLeave: false, awaitsDay: false, wasHired: false } as const;

function advance(state: KnownWorker, attributes: WorkerAttributes, today: Today): WorkerEvent[] {
  const changed = changedFields(state.attributes, attributes);
  const { phase, onLeave } = employmentAt(attributes, today.nowMs, today.defaultZone);
  const same = changed.length === 0 && (phase === 'live') === state.employed && onLeave === state.onLeave;
  return same ? [] : [factOf(state, attributes, changed, today)];
}

function factOf(
  state: KnownWorker,
  attributes: WorkerAttributes,
  changed: readonly string[],
  today: Today,
): WorkerEvent {
  const { phase, onLeave, changesAtMs } = employmentAt(attributes, today.nowMs, today.defaultZone);
  const employed = phase === 'live';
  return {
    type: kindOf(state, { employed, onLeave }, changed),
    v: 1,
    data: { worker: state.worker, person: state.person, employed, onLeave, awaitsDay: changesAtMs !== null },
    personal: {
      worker: { subject: state.worker, fields: { attributes, before: formerValues(state.attributes, changed) } },
    },
  };
}

function kindOf(
  state: KnownWorker,
  after: { employed: boolean; onLeave: boolean },
  changed: readonly string[],
): WorkerEvent['type'] {
  if (state.employed !== after.employed) {
    if (!after.employed) return 'WorkerTerminated';
    return state.wasHired ? 'WorkerRehired' : 'WorkerHired';
  }
  if (!state.wasHired) return 'WorkerRecorded';
  if (state.onLeave !== after.onLeave) return after.onLeave ? 'WorkerLeaveStarted' : 'WorkerLeaveEnded';
  if (changed.some((field) => moves.has(field))) return 'WorkerMoved';
  return changed.includes('managerId') ? 'WorkerManagerChanged' : 'WorkerChanged';
}

const moves: ReadonlySet<string> = new Set(['department', 'jobTitle', 'location']);

function refuseOtherPerson({ attributes, knownPerson }: Snapshot, state: KnownWorker): void {
  const { personId } = attributes;
  if (personId === undefined) return;
  const before = canonicalKey(state.attributes?.personId ?? personId);
  if (before !== personId || (knownPerson !== null && knownPerson !== state.person)) throw new PersonDiffers();
}

/** When time alone will next change this worker, in milliseconds since 1970; null when no such day is known. */
export function nextDayMs(state: KnownWorker, today: Today): number | null {
  return state.attributes === null ? null : employmentAt(state.attributes, today.nowMs, today.defaultZone).changesAtMs;
}
