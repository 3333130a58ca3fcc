import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import type { Fact } from '#libs/event-store/core.js';

/** The fields of every fact about a worker, without personal data. */
interface WorkerFactData {
  /** UUID of the worker: the stream's id and the subject of its personal part. */
  readonly worker: string;
  /** UUID of the person, shared by all workers with the same `personId`. */
  readonly person: string;
  /** Is the employment live after this fact? */
  readonly employed: boolean;
  readonly onLeave: boolean;
  /** A later day (first day, end, leave) will change the above by itself: a timer is set for it. */
  readonly awaitsDay: boolean;
}

/** The whole state after the fact, and the former values of what differs (null where there was none). */
interface WorkerFactPersonal {
  readonly attributes: WorkerAttributes;
  readonly before: Readonly<Record<string, unknown>>;
}

type WorkerFact<Type extends string> = Fact<Type, 1, WorkerFactData, { worker: WorkerFactPersonal }>;

/** Known, but not employed so far: a first day to come, or a record that arrived after its end. It gives no access. */
type WorkerRecorded = WorkerFact<'WorkerRecorded'>;
type WorkerHired = WorkerFact<'WorkerHired'>;
type WorkerChanged = WorkerFact<'WorkerChanged'>;
/** Department, job or location changed. */
type WorkerMoved = WorkerFact<'WorkerMoved'>;
type WorkerManagerChanged = WorkerFact<'WorkerManagerChanged'>;
/** Access ends: the employment is over, or its first day was put off. */
type WorkerTerminated = WorkerFact<'WorkerTerminated'>;
type WorkerRehired = WorkerFact<'WorkerRehired'>;
type WorkerLeaveStarted = WorkerFact<'WorkerLeaveStarted'>;
type WorkerLeaveEnded = WorkerFact<'WorkerLeaveEnded'>;

/** Everything that can have happened to one worker. Stream: `worker-<uuid>`. */
export type WorkerEvent =
  | WorkerRecorded
  | WorkerHired
  | WorkerChanged
  | WorkerMoved
  | WorkerManagerChanged
  | WorkerTerminated
  | WorkerRehired
  | WorkerLeaveStarted
  | WorkerLeaveEnded;

export const workerFacts = [
  'WorkerRecorded',
  'WorkerHired',
  'WorkerChanged',
  'WorkerMoved',
  'WorkerManagerChanged',
  'WorkerTerminated',
  'WorkerRehired',
  'WorkerLeaveStarted',
  'WorkerLeaveEnded',
] as const satisfies readonly WorkerEvent['type'][];
