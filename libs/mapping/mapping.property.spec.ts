import fc from 'fast-check';
import { EvaluationError, ExpressionError, longestExpression, type Argument, type Expression } from './expression.js';
import { compileExpression } from './mapping-expression.js';
import { functions } from './functions/functions.js';
import { surroundings } from './mapping.fixtures.js';
import { parseExpression } from './parse.js';
import { printExpression } from './print.js';

const names = [...functions.keys()];
const text = fc
  .string({ unit: 'binary', maxLength: 8 })
  .map((value) => ({ kind: 'text', text: value, at: 0 }) as const);
const number = fc
  .oneof(
    fc.integer().map((value) => ({ value, hex: false })),
    fc.nat().map((value) => ({ value, hex: true })),
  )
  .map((value) => ({ kind: 'number', ...value, at: 0 }) as const);
const attribute = fc
  .constantFrom('a', 'emails[type eq "work"].value', 'urn:x:y:2.0:User:z', 'a b')
  .map((path) => ({ kind: 'attribute', path, at: 0 }) as const);
const operator = fc.constantFrom('=', '<>', '<', '>', '<=', '>=');

const { expression } = fc.letrec<{ expression: Expression; argument: Argument; simple: Expression }>((tie) => ({
  simple: fc.oneof({ maxDepth: 5 }, text, number, attribute, call()),
  argument: fc.oneof(fc.constant(null), tie('expression')),
  expression: fc.oneof(
    { maxDepth: 5 },
    tie('simple'),
    fc.array(tie('simple'), { minLength: 2, maxLength: 3 }).map((parts) => ({ kind: 'join', parts, at: 0 }) as const),
    fc
      .tuple(operator, tie('simple'), tie('simple'))
      .map(([each, left, right]) => ({ kind: 'compare' as const, operator: each, left, right, at: 0 })),
  ),
}));

/** A call of a known function: without arguments, with one, or with several that may be absent. */
function call(): fc.Arbitrary<Expression> {
  const one = fc.oneof(text, number, attribute);
  const args = fc.oneof(
    fc.constant([]),
    fc.tuple(one),
    fc.array(fc.oneof(fc.constant(null), one), { minLength: 2, maxLength: 7 }),
  );
  return fc.tuple(fc.constantFrom(...names), args).map(([name, given]) => ({ kind: 'call', name, args: given, at: 0 }));
}

const placed = (one: Expression): Expression => JSON.parse(JSON.stringify(one).replace(/"at":\d+/g, `"at":0`));

/** Runs an expression as far as it goes; only its own errors may come of it. */
function tried(source: string): void {
  try {
    compileExpression(source).evaluate(surroundings({ a: 'x'.repeat(2_000), m: ['a', 'b'] }));
  } catch (error) {
    if (!(error instanceof ExpressionError) && !(error instanceof EvaluationError)) throw error;
  }
}

/** Milliseconds of CPU; the least of three runs, as others use the machine too. */
function cpuMs(work: () => void): number {
  const runs = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...runs);
}

describe('any expression', () => {
  it('is the same after it was printed and parsed', () => {
    fc.assert(
      fc.property(expression, (one) => {
        expect(placed(parseExpression(printExpression(one)))).toEqual(placed(one));
      }),
      { numRuns: 500 },
    );
  });

  it('gives a value or an error of its own, whatever is written', () => {
    const pieces = fc.constantFrom(
      ...names.map((name) => `${name}(`),
      '"',
      '[',
      ']',
      ')',
      ',',
      '&',
      '&H',
      'a',
      '1',
      '=',
      ' ',
      '\\',
      '[m]',
      '[a]',
    );
    const noise = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
    for (const source of [noise, expression.map(printExpression)]) {
      expect(() => {
        fc.assert(fc.property(source, tried), { numRuns: 2_000 });
      }).not.toThrow();
    }
  });

  const whole = (piece: string): string => piece.repeat(Math.floor(longestExpression / piece.length));
  it.each([
    ['blanks', ' '.repeat(longestExpression)],
    ['brackets', '['.repeat(longestExpression)],
    ['quotes', whole('\\"')],
    ['calls', whole('Left(')],
    ['joins', `[a]${whole('&[a]').slice(4)}`],
    ['a text of escapes', `"${'\\\\'.repeat(4_990)}"`],
    ['patterns', `Join("",${whole('Replace([a],,"(x+x+)+y",,"",,),').slice(30)}"")`],
    ['a pattern of repeats', `Replace([a],,"${'(x?){1,50}'.repeat(90)}",,"",,)`],
    ['alternatives', `Replace([a],,"${'(x|xx|x*)*'.repeat(99)}",,"",,)`],
    ['numbers', whole('1 ')],
    ['digits', '1'.repeat(longestExpression)],
    ['comparisons', whole('IIF([a]=')],
    ['dates', `Join("",${whole('CDate("2021-02-03 4:05:06 PM -8"),').slice(40)}"")`],
    ['words', whole('a ')],
  ])('of 10,000 characters takes less than 50 ms: %s', (_, source) => {
    expect(source.length).toBeLessThanOrEqual(longestExpression + 40);
    tried(source);
    expect(
      cpuMs(() => {
        tried(source);
      }),
    ).toBeLessThan(50);
  });
});
