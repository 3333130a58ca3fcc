import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import type { WorkerEvent } from './worker.events.js';
import { passTime, stateWorker, worker, type Snapshot, type Today, type Worker } from './worker.js';

export const adaId = '0198c0de-0000-7000-8000-00000000000a';
export const adaPerson = '0198c0de-0000-7000-8000-00000000000b';

/** A record of someone who started in January. */
export function record(stated: Partial<WorkerAttributes> = {}): WorkerAttributes {
  return { employeeId: '1001', givenName: 'Ada', familyName: 'Lovelace', hireDate: '2026-01-05', ...stated };
}

/** An instant, with workers who have no zone of their own in UTC. */
export const at = (instant: string, defaultZone = 'UTC'): Today => ({ nowMs: Date.parse(instant), defaultZone });

export const snapshot = (attributes: WorkerAttributes, more: Partial<Snapshot> = {}): Snapshot => ({
  attributes,
  worker: adaId,
  person: adaPerson,
  knownPerson: null,
  ...more,
});

/** One step of a worker's story: a record that arrives at an instant, or time that passes until it. */
export type Step = readonly [instant: string, record?: WorkerAttributes];

/** Applies the steps one after the other. Returns the facts of each step, and the last state. */
export function story(steps: readonly Step[], defaultZone = 'UTC'): { facts: WorkerEvent[][]; state: Worker } {
  let state = worker.initial;
  const facts = steps.map(([instant, stated]) => {
    const today = at(instant, defaultZone);
    const caused = stated === undefined ? passTime(today, state) : stateWorker(snapshot(stated), today, state);
    state = caused.reduce(worker.evolve, state);
    return caused;
  });
  return { facts, state };
}

/** The kinds of fact each step of a story caused. */
export const kindsOf = (steps: readonly Step[], defaultZone = 'UTC'): string[][] =>
  story(steps, defaultZone).facts.map((facts) => facts.map(({ type }) => type.replace('Worker', '')));
