import { arrayLiteral, binaryTextArray } from './array-parameter.js';

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

describe('a binary array of texts', () => {
  it('is for texts and nulls', () => {
    expect(binaryTextArray(['a', null])?.toString('hex')).toBe(
      '00000001' + '00000001' + '00000019' + '00000002' + '00000001' + '0000000161' + 'ffffffff',
    );
    expect(binaryTextArray([])?.toString('hex')).toBe('00000000' + '00000001' + '00000019');
    expect(binaryTextArray([1])).toBeUndefined();
  });

  it('counts bytes, not characters', () => {
    expect(binaryTextArray(['Zoë'])?.subarray(20).toString('hex')).toBe('000000045a6fc3ab');
  });
});
