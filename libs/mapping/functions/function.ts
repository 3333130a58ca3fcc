import type { Argument, Value } from '../expression.js';
import type { Surroundings } from '../surroundings.js';

/** A call of a function while it is evaluated. Arguments count from 0, and are evaluated when they are asked for. */
export interface Call {
  /** How many arguments stand there, absent ones included. */
  readonly count: number;
  readonly surroundings: Surroundings;
  /** Tells this call from every other one of the expression. */
  readonly at: number;
  /** What the arguments of a `Switch` mean. */
  readonly style: 'keys' | 'conditions' | 'test';
  /** Whether something is written there. */
  isGiven(index: number): boolean;
  /** Null where nothing is written. */
  value(index: number): Value;
  /** The same, but may be {@link noFlow}: for functions that hand a value on as it is. */
  flow(index: number): Value | typeof noFlow;
  /** Counts work that is not in proportion to the texts at hand. */
  spend(units: number): void;
}

/** Outcome of `IgnoreFlowIfNullOrEmpty`: the target is left as it is. */
export const noFlow = Symbol('no flow');

export interface MappingFunction {
  /** As documentation writes it. */
  readonly signature: string;
  readonly least: number;
  readonly most: number;
  /** Arguments that may be comparisons. */
  readonly conditions?: (index: number) => boolean;
  /** Arguments that may be left out between commas; all beyond `least` when nothing is said. */
  readonly optional?: readonly number[];
  /** What is wrong with the arguments as they are written; null for nothing. */
  readonly refuses?: (args: readonly Argument[]) => string | null;
  /** @throws ValueError for values that it cannot take */
  evaluate(call: Call): Value | typeof noFlow;
}
