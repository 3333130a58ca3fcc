import { EvaluationError, type Argument, type Expression, type Value } from './expression.js';
import { switchStyle } from './functions/choices.js';
import { noFlow, type Call } from './functions/function.js';
import { functions, words } from './functions/functions.js';
import { printExpression } from './print.js';
import type { Surroundings } from './surroundings.js';
import { compare, isList, textOf, ValueError } from './values.js';

/** Longest text that a value may become, in UTF-16 units. */
const longestValue = 16_384;

/** Most work of one evaluation: about one unit for each character that a function reads. */
const mostWork = 400_000;

/** `ignore`: the target is left as it is. */
export type Evaluated = { readonly is: 'value'; readonly value: Value } | { readonly is: 'ignore' };

/** What one part of an expression came to. */
export interface Step {
  readonly expression: string;
  readonly at: number;
  readonly value: Value;
}

/**
 * The value of an expression that `checkExpression` has found well. What is not chosen by IIF or Switch is not evaluated.
 *
 * @param trace told of each part in the order in which they are done; texts marked by Redact are hidden
 * @throws EvaluationError when there is no value for this person, with the offset of the part that says so
 */
export function evaluate(expression: Expression, surroundings: Surroundings, trace?: (step: Step) => void): Evaluated {
  const value = new Evaluation(surroundings, trace ?? null).flow(expression);
  return value === noFlow ? { is: 'ignore' } : { is: 'value', value };
}

type Flow = Value | typeof noFlow;

class Evaluation {
  private work = 0;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly trace: ((step: Step) => void) | null,
  ) {}

  flow(expression: Expression): Flow {
    try {
      const value = this.evaluated(expression);
      const plain = value === noFlow ? null : value;
      this.spend(1 + sizeOf(plain));
      this.tell(expression, plain);
      return value;
    } catch (error) {
      if (error instanceof ValueError) throw new EvaluationError(error.message, expression.at);
      throw error;
    }
  }

  private value(expression: Expression): Value {
    const value = this.flow(expression);
    return value === noFlow ? null : value;
  }

  private spend(units: number): void {
    this.work += units;
    if (this.work > mostWork) throw new ValueError('the expression takes too much work for this value');
  }

  private tell(expression: Expression, value: Value): void {
    if (this.trace === null || expression.kind === 'text' || expression.kind === 'number' || expression.kind === 'word')
      return;
    const hidden = expression.kind === 'call' && expression.name === 'Redact';
    this.trace({ expression: printExpression(expression), at: expression.at, value: hidden ? '[Redact]' : value });
  }

  private evaluated(expression: Expression): Flow {
    switch (expression.kind) {
      case 'text':
        return expression.text;
      case 'number':
        return expression.value;
      case 'word':
        return words.get(expression.word) ?? null;
      case 'attribute':
        return this.surroundings.attribute(expression.path);
      case 'join':
        return limited(expression.parts.map((part) => textOf(this.value(part))).join(''));
      case 'compare':
        return compare(this.value(expression.left), expression.operator, this.value(expression.right));
      case 'call': {
        const known = functions.get(expression.name);
        if (known === undefined) throw new ValueError(`there is no function ${expression.name}`);
        return limited(known.evaluate(this.call(expression)));
      }
    }
  }

  private call({ args, at }: Extract<Expression, { kind: 'call' }>): Call {
    const given = (index: number): Argument => args[index] ?? null;
    const flow = (index: number): Flow => {
      const argument = given(index);
      return argument === null ? null : this.flow(argument);
    };
    return {
      count: args.length,
      surroundings: this.surroundings,
      at,
      get style() {
        return switchStyle(args);
      },
      isGiven: (index) => given(index) !== null,
      value: (index) => {
        const value = flow(index);
        return value === noFlow ? null : value;
      },
      flow,
      spend: (units) => {
        this.spend(units);
      },
    };
  }
}

function limited(value: Flow): Flow {
  if (value !== noFlow && sizeOf(value) > longestValue)
    throw new ValueError(`a value has at most ${longestValue} characters`);
  return value;
}

/** Characters of all texts in it. */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (value === null || typeof value !== 'object') return 0;
  const parts = isList(value) ? value : Object.values(value);
  return parts.reduce<number>((sum, part) => sum + 1 + sizeOf(part), 0);
}
