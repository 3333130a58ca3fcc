import type { DismissedMessage } from '#libs/contracts/operators.js';
import type { Fact } from '#libs/event-store/core.js';

/** A person decided that a parked message will never be handled. Each decision has its own stream with one fact: `dismissal-<uuid>`. */
export type MessageDismissed = Fact<
  'MessageDismissed',
  1,
  {
    readonly message: DismissedMessage;
    /** The consumer group that had it parked. */
    readonly group: string;
    /** UUID in the actor. */
    readonly dismissedBy: string;
  },
  { reason: { readonly reason: string } }
>;

/** Facts that every service may store, whatever it declares. */
export const dismissalFacts = ['MessageDismissed'] as const;
