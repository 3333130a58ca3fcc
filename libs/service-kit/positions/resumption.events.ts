import type { ResumedPosition } from '#libs/contracts/operators.js';
import type { Fact } from '#libs/event-store/core.js';

/** A person resumed readers whose position was lost. Each resumption has its own stream with one fact: `resumption-<id>`. */
export type PositionsResumed = Fact<
  'PositionsResumed',
  1,
  {
    readonly resumption: string;
    readonly positions: readonly ResumedPosition[];
    /** UUID in the actor. */
    readonly resumedBy: string;
  },
  { reason: { readonly reason: string } }
>;

/** Facts that every service may store, whatever it declares. */
export const resumptionFacts = ['PositionsResumed'] as const;
