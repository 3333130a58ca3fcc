import type { Identity, KnownIdentity } from '../identities/identities.exports.js';
import type { Person } from './person-batch.js';

/** What a decision takes from outside: ids for new assignments, the instant, and the epoch of its facts. */
export interface Given {
  readonly newId: () => string;
  readonly at: string;
  readonly epoch: number;
  /** Time zone of people of whom HR states none. Absent: UTC. */
  readonly zone?: string;
  /** The identity before the change that is decided on; absent: it did not change. */
  readonly formerly?: Identity;
  /** Nothing goes on without its grounds: to foresee what a change takes in the end. */
  readonly withoutGrace?: boolean;
}

/** A person whom HR has stated. */
export type KnownPerson = Person & { readonly identity: { readonly state: KnownIdentity } };
