import { arrayLiteral } from './array-literal.js';

describe('an array literal', () => {
  it('quotes texts, and escapes what would end the quotation', () => {
    expect(arrayLiteral(['a', 'say "b"', 'c\\d', '', 'NULL', '{x,y}'])).toBe(
      String.raw`{"a","say \"b\"","c\\d","","NULL","{x,y}"}`,
    );
  });

  it('leaves control characters as they are, which an array knows no escapes for', () => {
    expect(arrayLiteral(['line\nnext\t"x"\\'])).toBe('{"line\nnext\t\\"x\\"\\\\"}');
  });

  it('holds numbers, truth and nothing', () => {
    expect(arrayLiteral([1, -2.5, true, null])).toBe('{1,-2.5,true,NULL}');
    expect(arrayLiteral([])).toBe('{}');
  });

  it('is not for anything else', () => {
    expect(arrayLiteral([Buffer.from('x')])).toBeUndefined();
    expect(arrayLiteral([['nested']])).toBeUndefined();
  });
});
