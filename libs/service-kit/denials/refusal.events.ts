import type { RefusedAction } from '#libs/contracts/operators.js';
import type { Fact } from '#libs/event-store/core.js';

/** A known caller's action that would have changed something was refused. A stream for each: `refusal-<uuid>`. */
export type ActionRefused = Fact<'ActionRefused', 1, RefusedAction>;

/** Facts that every service may store, whatever it declares. */
export const refusalFacts = ['ActionRefused'] as const;
