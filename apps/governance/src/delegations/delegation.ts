import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import { DelegationOver } from './delegation.errors.js';
import type { DelegationEnded, DelegationEvent, DelegationMade } from './delegation.events.js';

/** The decisions of one person are delegated to another person for a time; null before the delegation was made. */
export type Delegation =
  | (DelegationMade['data'] & {
      /** Null once the delegator is forgotten. */
      readonly reason: string | null;
      /** Ended before its time; null while it was not. */
      readonly endedAt: string | null;
    })
  | null;

export const delegation: Fold<Delegation, DelegationEvent> = {
  version: 1,
  initial: null,
  evolve: (state, event) => {
    switch (event.type) {
      case 'DelegationMade':
        return { ...event.data, reason: event.personal.delegator.fields?.reason ?? null, endedAt: null };
      case 'DelegationEnded':
        return state === null ? null : { ...state, endedAt: event.data.endedAt };
      default:
        return unreachable(event);
    }
  },
};

/** Whether a value from a row is the state of a delegation. */
export const isDelegation = hasShape<NonNullable<Delegation>>({
  delegationId: 'text',
  delegatorId: 'text',
  delegateId: 'text',
  from: 'text',
  until: 'text',
  madeAt: 'text',
  reason: 'any',
  endedAt: 'any',
});

/** Delegates decisions. The same delegation again changes nothing. */
export function delegate(terms: DelegationMade['data'], reason: string, state: Delegation): DelegationMade[] {
  if (state !== null) return [];
  const personal = { delegator: { subject: terms.delegatorId, fields: { reason } } };
  return [{ type: 'DelegationMade', v: 1, data: terms, personal }];
}

/** @throws DelegationOver */
export function endDelegation(at: string, state: NonNullable<Delegation>): DelegationEnded[] {
  const { delegationId, delegatorId, delegateId, endedAt, until } = state;
  if (endedAt !== null || at >= until)
    throw new DelegationOver('the delegation is over: nothing is left to end', { delegationId });
  return [{ type: 'DelegationEnded', v: 1, data: { delegationId, delegatorId, delegateId, endedAt: at } }];
}
