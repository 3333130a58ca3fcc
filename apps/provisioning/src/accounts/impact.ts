import { isDeepStrictEqual } from 'node:util';
import type { Attributes } from './account.events.js';
import { awaitedWords } from './needed-sources.js';
import type { Goal } from './plan-terms.js';

/**
 * What a change of a connector document does to one person's account. `gains`: there is to be one; `loses`: none any more;
 * `changes`: other values are written; `fails`: the mapping gives no value for some targets.
 */
export type Effect = 'gains' | 'loses' | 'changes' | 'fails';

export interface Impact {
  readonly effect: Effect;
  /** Attributes that get another value. */
  readonly targets: readonly string[];
  /** Of `fails`: which, and why. Else which attributes must arrive before it is known; null for none. */
  readonly detail: string | null;
}

/** Null where the change does nothing to the account. @param before null where there was no document */
export function impactOf(before: Goal | null, after: Goal): Impact | null {
  const had = before?.active === true;
  if (!after.active) return had ? { effect: 'loses', targets: [], detail: null } : null;
  const detail = newFault(before, after);
  if (detail !== null) return { effect: 'fails', targets: [], detail };
  const sources = newlyAwaited('sources', before, after);
  const differences = differing(before === null ? {} : writtenBy(before), writtenBy(after));
  const targets = [...new Set([...differences, ...newlyAwaited('targets', before, after)])].sort();
  const awaited = sources.length === 0 ? null : awaitedWords(sources);
  if (!had) return { effect: 'gains', targets, detail: awaited };
  return targets.length === 0 && awaited === null ? null : { effect: 'changes', targets, detail: awaited };
}

function newlyAwaited(what: 'sources' | 'targets', before: Goal | null, after: Goal): readonly string[] {
  return (after.awaited?.[what] ?? []).filter((one) => before?.awaited?.[what].includes(one) !== true);
}

/** At most: whether the application has a value already is not known here. */
const writtenBy = ({ ifEmpty, attributes }: Goal): Attributes => ({ ...ifEmpty, ...attributes });

function newFault(before: Goal | null, { fault = null }: Goal): string | null {
  return fault === before?.fault ? null : fault;
}

function differing(before: Attributes, after: Attributes): string[] {
  const targets = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...targets].filter((target) => !isDeepStrictEqual(before[target] ?? null, after[target] ?? null)).sort();
}

/** How many a change touches. */
export interface ImpactCounts {
  /** Of whom something is known here. */
  readonly checked: number;
  readonly gains: number;
  readonly loses: number;
  readonly changes: number;
  readonly fails: number;
}

export const noImpact: ImpactCounts = { checked: 0, gains: 0, loses: 0, changes: 0, fails: 0 };

export function counted(counts: ImpactCounts, impact: Impact | null): ImpactCounts {
  const checked = counts.checked + 1;
  return impact === null ? { ...counts, checked } : { ...counts, checked, [impact.effect]: counts[impact.effect] + 1 };
}

export const touchedBy = ({ gains, loses, changes, fails }: ImpactCounts): number => gains + loses + changes + fails;
