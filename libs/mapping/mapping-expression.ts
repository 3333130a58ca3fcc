import { checkExpression } from './check.js';
import { type AttributePlace, attributesIn, functionsIn } from './parts.js';
import { type Warning, warningsOf } from './warnings.js';
import { evaluate, type Evaluated, type Step } from './evaluate.js';
import type { Expression } from './expression.js';
import { parseExpression } from './parse.js';
import type { Surroundings } from './surroundings.js';

/** An expression that is ready to be evaluated for many people. */
export interface MappingExpression {
  readonly expression: Expression;
  /** Source attributes that it reads, as they are written. */
  readonly sources: readonly string[];
  /** The same, each with the offset of its first place. */
  readonly places: readonly AttributePlace[];
  /** Names of the functions that it calls. */
  readonly uses: readonly string[];
  readonly warnings: readonly Warning[];
  /** @throws EvaluationError when there is no value for this person */
  evaluate(surroundings: Surroundings, trace?: (step: Step) => void): Evaluated;
}

/**
 * Reads and checks an expression once.
 * @throws ExpressionError with position, what was expected and a corrected form
 */
export function compileExpression(text: string): MappingExpression {
  const expression = parseExpression(text);
  checkExpression(expression);
  const places = attributesIn(expression);
  return {
    expression,
    sources: places.map(({ path }) => path),
    places,
    uses: functionsIn(expression),
    warnings: warningsOf(expression),
    evaluate: (surroundings, trace) => evaluate(expression, surroundings, trace),
  };
}
