/** What other features of this service may use of this one. */
export type { DesiredAccessChanged } from './desired-access.events.js';
export {
  carriedOtherwise,
  desire,
  type DesiredAccess,
  desiredMessageOf,
  type Justification,
} from './desired-access.js';
export { DesiredAccesses, type MessageRow } from './desired-accesses.stream.js';
export { type ChangedReading, restatementEnd } from './restatement-end.process.js';
