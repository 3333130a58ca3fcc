import { canonicalize } from './jcs.js';

describe('canonical JSON', () => {
  it('gives the text of the example of RFC 8785 §3.2.2', () => {
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalize(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts members by UTF-16 code units (RFC 8785 §3.2.3)', () => {
    const value = {
      '\u20ac': 'Euro',
      '\r': 'CR',
      '\ufb33': 'Dalet',
      '1': 'One',
      '\ud83d\ude00': 'Smiley',
      '\u0080': 'Control',
      '\u00f6': 'o',
    };
    expect(Object.values(JSON.parse(canonicalize(value)) as object)).toEqual(
      expect.arrayContaining(['One', 'CR', 'Control', 'o', 'Euro', 'Smiley', 'Dalet']),
    );
    expect(canonicalize({ b: 1, a: { d: 1, c: [] } })).toBe('{"a":{"c":[],"d":1},"b":1}');
    expect(canonicalize({ '\ufb33': 1, '\ud83d\ude00': 2 })).toBe('{"\ud83d\ude00":2,"\ufb33":1}');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('x'), '\ud800', { a: () => 1 }])(
    'refuses what JSON cannot say (%#)',
    (value) => {
      expect(() => canonicalize(value)).toThrow(TypeError);
    },
  );

  it('leaves out what is undefined', () => {
    expect(canonicalize({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});
