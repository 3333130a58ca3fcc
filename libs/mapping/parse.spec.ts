import { ExpressionError, longestExpression } from './expression.js';
import { compileExpression } from './mapping-expression.js';

function fault(text: string): ExpressionError {
  try {
    compileExpression(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

describe('an expression that cannot be used', () => {
  it.each([
    ['', 'syntax', 0, 'expected a text "…", an attribute […], a number or a function, found the end'],
    ['Left([a], 3', 'syntax', 11, 'expected , or ), found the end'],
    ['Left([a] 3)', 'syntax', 9, 'expected , or ), found 3'],
    ['[a] [b]', 'syntax', 4, 'expected the end of the expression, found [b]'],
    ['"abc', 'syntax', 0, 'the text is not closed'],
    ['Left([a, 3)', 'syntax', 5, 'the attribute is not closed'],
    ['[ ]', 'syntax', 0, 'the attribute has no name'],
    ["Left('a', 3)", 'syntax', 5, 'a text stands in double quotes'],
    ['“a”', 'syntax', 0, '“ is no quote here'],
    ['[a] + [b]', 'syntax', 4, '+ is not expected'],
    ['isnullorempty([a])', 'unknown-function', 0, 'there is no function isnullorempty'],
    ['Append(Concat([a]), "x")', 'unknown-function', 7, 'there is no function Concat'],
    ['Left([a])', 'arguments', 0, 'Left has 2 arguments, not 1'],
    ['Left([a], )', 'arguments', 0, 'Left needs its argument 2'],
    ['Guid(1)', 'arguments', 0, 'Guid has no arguments, not 1'],
    ['Switch([a], "d", "k")', 'arguments', 0, 'Switch has source, default, and a value for each key'],
    ['Switch([a], "d")', 'arguments', 0, 'Switch has at least one key'],
    ['Replace([a], "x", , , , , )', 'arguments', 0, 'Replace needs oldValue with replacementValue'],
    ['Replace([a], , "(x", , "", , )', 'arguments', 15, 'the pattern is not readable'],
    ['DateAdd("month", 1, [d])', 'arguments', 8, 'month is no interval'],
    ['Append([a], SelectUniqueValue("a", "b"))', 'arguments', 12, 'SelectUniqueValue stands outside'],
    ['[a] = "x"', 'condition', 0, 'a comparison is no value of its own'],
    ['IIF([a]="x" AND [b]="y", 1, 2)', 'condition', 12, 'a condition compares two values'],
    ['IIF([a]="x"="y", 1, 2)', 'condition', 12, 'a condition compares two values'],
    ['Join(",", x)', 'unknown-word', 10, 'x is no value'],
    ['Now', 'unknown-word', 0, 'Now is a function'],
  ])('%s', (text, code, at, detail) => {
    const found = fault(text);
    expect({ code: found.code, at: found.at }).toEqual({ code, at });
    expect(found.detail).toContain(detail);
  });

  it.each([
    ['isnullorempty([a])', 'write IsNullOrEmpty'],
    ['Left([a])', 'write Left(text, count)'],
    ['IIF([a]="x" AND [b]="y", 1, 2)', 'nest IIF'],
    ['[a] = "x"', 'write IIF([a] = "x", …, …)'],
    ['Now', 'write Now(…)'],
    ['Join(",", x)', 'write "x" for a text, [x] for an attribute'],
  ])('%s is told with a corrected form', (text, mend) => {
    expect(fault(text).mend).toContain(mend);
  });

  it('too long, or nested too deep', () => {
    expect(fault(`"${'x'.repeat(longestExpression)}"`).code).toBe('too-long');
    expect(fault(`${'Trim('.repeat(65)}"x"${')'.repeat(65)}`).code).toBe('too-deep');
  });
});

describe('attributes', () => {
  it('have brackets, quotes and schemas of their own', () => {
    const text =
      'Join("", [emails[type eq "work]"].value], [urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department], [givenName], [givenName])';
    expect(compileExpression(text).sources).toEqual([
      'emails[type eq "work]"].value',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
      'givenName',
    ]);
  });
});
