import type { Value } from '#libs/mapping/expression.js';
import type { Step } from '#libs/mapping/evaluate.js';
import { compileExpression } from '#libs/mapping/mapping-expression.js';
import type { Attributes } from './account.events.js';
import { isNothing, leftAsIs, Mapping, type MappingRule, type Occasion } from './mapping.js';
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
}

/**
 * The connector's mapping, ready to be applied.
 * @param trace told of each step of an expression, with the target that it is for
 * @throws ExpressionError for an expression that is none: a mapping is checked when it is stated
 */
export function mappingOf(
  entries: readonly MappingEntry[],
  withDefaults: boolean,
  trace?: (target: string, step: Step) => void,
): Mapping {
  const rules = entries.map<MappingRule>((entry) => {
    const { target, apply } = entry;
    return {
      target,
      apply,
      ...readingOf(
        entry,
        trace &&
          ((step) => {
            trace(target, step);
          }),
      ),
    };
  });
  return new Mapping(rules, withDefaults);
}

/** Attributes of the identity that an entry reads, by their own names, and the value that it makes of them. */
function readingOf(entry: MappingEntry, trace?: (step: Step) => void): Pick<MappingRule, 'sources' | 'value'> {
  const { type, source, value, expression } = entry;
  switch (type) {
    case 'constant':
      return { sources: [], value: () => value };
    case 'direct':
      return {
        sources: [ownName(source ?? '')],
        value: (attributes) => given(referenceOr(sourceValue(attributes, source ?? ''), entry), entry),
      };
    case 'expression': {
      const compiled = compileExpression(expression ?? '');
      return {
        sources: [...new Set(compiled.sources.map(ownName))],
        value: (attributes, occasion) => {
          const outcome = compiled.evaluate(surroundings(attributes, occasion, entry.target), trace);
          return outcome.is === 'ignore' ? leftAsIs : given(outcome.value, entry);
        },
      };
    }
  }
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

function surroundings(attributes: Attributes, { now, seed }: Occasion, into: string) {
  return {
    attribute: (path: string): Value => (sourceValue(attributes, path) ?? null) as Value,
    now,
    seed: `${seed}\n${into}`,
    defaultDomain: null,
    // Expressions that ask for it are refused when they are stated.
    isFree: () => false,
  };
}
