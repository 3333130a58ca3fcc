import type { Fact } from '#libs/event-store/core.js';

/** Everything that can have happened to one delegation. Stream: `delegation-<id>`. */
export type DelegationEvent = DelegationMade | DelegationEnded;

export const delegationFacts = ['DelegationMade', 'DelegationEnded'] as const;

export type DelegationMade = Fact<
  'DelegationMade',
  1,
  {
    readonly delegationId: string;
    /** The person whose decisions are delegated. */
    readonly delegatorId: string;
    readonly delegateId: string;
    readonly from: string;
    /** Exclusive. */
    readonly until: string;
    readonly madeAt: string;
  },
  { delegator: { readonly reason: string } }
>;
/** Somebody ended it before its time. */
export type DelegationEnded = Fact<
  'DelegationEnded',
  1,
  { readonly delegationId: string; readonly delegatorId: string; readonly delegateId: string; readonly endedAt: string }
>;
