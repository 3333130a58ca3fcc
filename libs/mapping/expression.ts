/**
 * What a value is while an expression is evaluated. Null: the attribute is absent. Dates are texts of the form
 * `M/d/yyyy h:mm:ss tt` in UTC. A list is a multi-valued attribute; a record is one complex value of it.
 */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

export type Comparison = '=' | '<>' | '>' | '>=' | '<' | '<=';

/** An expression as read. `at` is the offset of its first character in the text. */
export type Expression =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly hex: boolean; readonly at: number }
  | { readonly kind: 'word'; readonly word: string; readonly at: number }
  | { readonly kind: 'attribute'; readonly path: string; readonly at: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Argument[]; readonly at: number }
  | { readonly kind: 'join'; readonly parts: readonly Expression[]; readonly at: number }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    };

/** Null: nothing is written between two commas, which is another thing than `""`. */
export type Argument = Expression | null;

/** Longest expression, in UTF-16 units. Entra's own limit. */
export const longestExpression = 10_000;

/** Deepest nesting of calls. */
export const deepestNesting = 64;

/** An expression that cannot be used as it is written. `at` is the offset in UTF-16 units; `mend` says what to write. */
export class ExpressionError extends Error {
  constructor(
    readonly code: 'syntax' | 'too-long' | 'too-deep' | 'unknown-function' | 'unknown-word' | 'arguments' | 'condition',
    readonly detail: string,
    readonly at: number,
    readonly mend: string | null = null,
  ) {
    super(`at ${at}: ${detail}${mend === null ? '' : `; ${mend}`}`);
    this.name = 'ExpressionError';
  }
}

/** An expression gives no value for this identity: a date that is none, an item that is not there. */
export class EvaluationError extends Error {
  constructor(
    readonly detail: string,
    readonly at: number,
  ) {
    super(`at ${at}: ${detail}`);
    this.name = 'EvaluationError';
  }
}
