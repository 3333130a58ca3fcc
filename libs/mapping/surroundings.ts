import type { Value } from './expression.js';

/** All that an expression can know. The same surroundings give the same value: time and chance come from the event. */
export interface Surroundings {
  /** The value of a source attribute; null when the person has none. */
  attribute(path: string): Value;
  /** Instant of the event that is handled; ISO 8601. */
  readonly now: string;
  /** What `Guid` and `RandomString` are derived from: one for each event. */
  readonly seed: string;
  /** For `DefaultDomain`; null where none is configured. */
  readonly defaultDomain: string | null;
  /** For `SelectUniqueValue`: whether nobody else has this value in the application. */
  isFree(value: string): boolean;
}
