import type { Value } from '#libs/mapping/expression.js';
import type { Step } from '#libs/mapping/evaluate.js';
import { compileExpression } from '#libs/mapping/mapping-expression.js';
import type { Attributes } from './account.events.js';
import { EvaluationError } from '#libs/mapping/expression.js';
import { isNothing, leftAsIs, Mapping, type MappingRule, type Occasion } from './mapping.js';
import { valueKey } from './unique-value.js';
import { ownName, sourceValue } from './mapping-sources.js';

/** One line of a mapping, as an administrator stated it, with defaults filled in. */
export interface MappingEntry {
  readonly target: string;
  readonly type: 'direct' | 'constant' | 'expression';
  readonly source: string | null;
  readonly value: unknown;
  readonly expression: string | null;
  readonly default: unknown;
  /** What an absent value without a default does to the attribute. */
  readonly onNull: 'clear' | 'ignore';
  readonly apply: 'always' | 'create-only';
  /** `only-if-empty`: what the application has is left as it is. */
  readonly strength: 'always' | 'only-if-empty';
}

export interface MappingOptions {
  /** What `DefaultDomain` gives; null or absent for none. */
  readonly defaultDomain?: string | null;
  /** Told of each step of an expression, with the target that it is for. */
  readonly trace?: (target: string, step: Step) => void;
}

/** The function that chooses a value that nobody else has. */
export const uniqueFunction = 'SelectUniqueValue';

/**
 * The connector's mapping, ready to be applied.
 * @throws ExpressionError for an expression that is none: a mapping is checked when it is stated
 */
export function mappingOf(
  entries: readonly MappingEntry[],
  withDefaults: boolean,
  options: MappingOptions = {},
): Mapping {
  const rules = entries.map<MappingRule>((entry) => {
    const { target, apply, strength } = entry;
    return { target, apply, strength, ...readingOf(entry, options) };
  });
  return new Mapping(rules, withDefaults);
}

type Reading = Pick<MappingRule, 'sources' | 'value' | 'candidates'>;

/** Attributes of the identity that an entry reads, by their own names, and the value that it makes of them. */
function readingOf(entry: MappingEntry, options: MappingOptions): Reading {
  const { type, source, value } = entry;
  switch (type) {
    case 'constant':
      return { sources: [], value: () => value };
    case 'direct':
      return {
        sources: [ownName(source ?? '')],
        value: (attributes) => given(referenceOr(sourceValue(attributes, source ?? ''), entry), entry),
      };
    case 'expression':
      return expressionOf(entry, options);
  }
}

function expressionOf(entry: MappingEntry, { defaultDomain = null, trace }: MappingOptions): Reading {
  const { target, expression } = entry;
  const compiled = compileExpression(expression ?? '');
  const around = (attributes: Attributes, { now, seed }: Occasion, isFree: (value: string) => boolean) => ({
    attribute: (path: string): Value => (sourceValue(attributes, path) ?? null) as Value,
    now,
    seed: `${seed}\n${target}`,
    defaultDomain,
    isFree,
  });
  const traced =
    trace &&
    ((step: Step): void => {
      trace(target, step);
    });
  const value: MappingRule['value'] = (attributes, occasion) => {
    const outcome = compiled.evaluate(around(attributes, occasion, occasion.isFree ?? (() => true)), traced);
    return outcome.is === 'ignore' ? leftAsIs : given(outcome.value, entry);
  };
  const sources = [...new Set(compiled.sources.map(ownName))];
  if (!compiled.uses.includes(uniqueFunction)) return { sources, value };
  const candidates: MappingRule['candidates'] = (attributes, occasion) =>
    candidatesOf((isFree) => compiled.evaluate(around(attributes, occasion, isFree)));
  return { sources, value, candidates };
}

/** All values that are asked for, each once: the evaluation learns that none is free. */
function candidatesOf(evaluate: (isFree: (value: string) => boolean) => unknown): string[] {
  const found = new Map<string, string>();
  try {
    evaluate((value) => {
      if (!found.has(valueKey(value))) found.set(valueKey(value), value);
      return false;
    });
  } catch (error) {
    if (!(error instanceof EvaluationError) || found.size === 0) throw error;
  }
  return [...found.values()];
}

/** The manager of a user is an object with the id (RFC 7643 §4.3). */
function referenceOr(value: unknown, { source, target }: MappingEntry): unknown {
  const isObject = ownName(source ?? '') === 'manager' && /(^|:)manager$/i.test(target);
  return isObject && typeof value === 'string' ? { value } : value;
}

function given(value: unknown, { default: otherwise, onNull }: MappingEntry): unknown {
  const found = value ?? otherwise;
  return onNull === 'ignore' && isNothing(found) ? leftAsIs : found;
}
