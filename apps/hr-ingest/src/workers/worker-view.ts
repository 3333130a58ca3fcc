import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import type { KnownWorker } from './worker.js';

/** A worker in an answer: the record as HR stated it, and what its dates mean now. */
export type WorkerView = WorkerAttributes & {
  /** UUID of the worker. */
  readonly id: string;
  /** UUID of the person, shared by workers with the same `personId`. */
  readonly person: string;
  readonly employed: boolean;
  readonly onLeave: boolean;
};

export function viewOf({ worker, person, employed, onLeave, attributes }: KnownWorker): WorkerView {
  if (attributes === null) throw new Error('a forgotten worker has no record to show');
  return { ...attributes, id: worker, person, employed, onLeave };
}
