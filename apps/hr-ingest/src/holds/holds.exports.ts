/** What other features of this service may use of this one. */
export { DecisionInput } from './hold.dto.js';
export { isHoldReason } from './hold.events.js';
export type { HoldCancelled, HoldKind, HoldReason, HoldReleased } from './hold.events.js';
export { type HeldStatement, type Hold, HoldStore, madeFact, type NewHold } from './hold.store.js';
export { HoldsModule } from './holds.module.js';
