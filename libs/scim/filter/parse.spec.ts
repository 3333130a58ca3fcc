import { describe, expect, it } from '@jest/globals';
import { FilterError, formatFilterValue } from './filter.js';
import { matches } from './matches.js';
import { parseFilter } from './parse.js';

const refusal = (text: string): FilterError => {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`expected a refusal of ${text.slice(0, 80)}`);
};

describe('reading a filter', () => {
  it.each([
    'userName eq "bjensen"',
    'name.familyName co "O\'Malley"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
    'title pr',
    'meta.lastModified gt "2011-05-13T04:42:34Z"',
    'title pr and userType eq "Employee"',
    'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
    'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
  ])('reads the RFC example %s', (text) => {
    expect(() => parseFilter(text)).not.toThrow();
  });

  it('binds "and" tighter than "or", and "not" tighter than both', () => {
    expect(parseFilter('a pr or b pr and not (c pr)')).toMatchObject({
      kind: 'or',
      terms: [{ kind: 'present' }, { kind: 'and', terms: [{ kind: 'present' }, { kind: 'not' }] }],
    });
  });

  it('takes operators and keywords in any case', () => {
    expect(parseFilter('a EQ 1 AND NOT(b PR)')).toMatchObject({
      kind: 'and',
      terms: [{ operator: 'eq' }, { kind: 'not' }],
    });
  });

  it('splits a URN at its last colon, so that the dots of its version are not a path', () => {
    expect(parseFilter('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value pr')).toMatchObject({
      attribute: {
        urn: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
        names: ['manager', 'value'],
      },
    });
  });

  it('keeps every kind of literal', () => {
    const value = (text: string) => (parseFilter(`a eq ${text}`) as { value?: unknown }).value;
    expect(['"a\\"b\\u00e9\\n"', '-1.5e3', 'true', 'False', 'null'].map(value)).toEqual([
      'a"bé\n',
      -1500,
      true,
      false,
      null,
    ]);
  });
});

describe('refusing a filter', () => {
  it.each([
    ['', 0],
    ['userName', 8],
    ['userName eq', 11],
    ['userName eq ada', 12],
    ['userName is "ada"', 9],
    ['userName eq "ada', 12],
    ['userName eq "a\\q"', 12],
    ['userName eq "a\\u0000"', 12],
    ['userName eq 1e999', 12],
    ['(a pr', 5],
    ['a pr)', 4],
    ['a pr b pr', 5],
    ['emails[type eq "work"', 21],
    ['emails[] pr', 7],
    ['a gt true', 2],
    ['a ge null', 2],
    ['a co 5', 2],
    ['1a pr', 0],
    ['a..b pr', 0],
    ['a:b pr', 0],
  ])('says where %s goes wrong', (text, position) => {
    expect(refusal(text)).toMatchObject({ code: 'filter.invalid', position });
  });
});

describe('hostile filters', () => {
  const nested = (levels: number) => `${'('.repeat(levels)}a pr${')'.repeat(levels)}`;

  it('reads 32 levels and refuses 33', () => {
    expect(matches(parseFilter(nested(32)), { a: 1 })).toBe(true);
    expect(refusal(nested(33)).message).toContain('32 levels');
    expect(refusal(`${'not ('.repeat(40)}a pr${')'.repeat(40)}`).message).toContain('32 levels');
    expect(refusal(`${'a['.repeat(40)}a pr${']'.repeat(40)}`).message).toContain('32 levels');
  });

  it.each(['__proto__ pr', '__proto__[a eq 1]', 'a.__proto__ pr', '__proto__[a eq 1].b pr'])(
    'refuses the name in %s',
    (text) => {
      expect(refusal(text).code).toBe('filter.invalid');
    },
  );

  it.each([
    ['100,000 parentheses', '('.repeat(100_000)],
    ['8,000 ands', 'a pr and '.repeat(8_000)],
    ['8,000 path dots', `a${'.a'.repeat(8_000)} pr`],
    ['as many parentheses as the length allows', '('.repeat(16_384)],
    ['an unclosed text', `a eq "${'\\"'.repeat(8_000)}`],
    ['only blanks', ' '.repeat(16_384)],
    ['one endless number', `a eq ${'1'.repeat(16_000)}`],
    ['dangling nots', 'not '.repeat(4_000)],
  ])('refuses %s within 5 ms', (_, text) => {
    const elapsed = Array.from({ length: 5 }, () => {
      const before = performance.now();
      expect(refusal(text).code).toBe('filter.invalid');
      return performance.now() - before;
    });
    expect(Math.min(...elapsed)).toBeLessThan(5);
  });

  it('evaluates the longest chain that fits without running out of stack', () => {
    const filter = parseFilter(Array.from({ length: 1_800 }, () => 'a pr').join(' or '));
    expect(matches(filter, {})).toBe(false);
  });
});

describe('building a filter', () => {
  it.each(['ada', 'a"b', 'a\\', '" or a pr or b eq "', 'é\n', 12.5, true, null])('carries %j unchanged', (value) => {
    expect(parseFilter(`a eq ${formatFilterValue(value)}`)).toMatchObject({ kind: 'compare', operator: 'eq', value });
  });

  it('refuses numbers without a literal', () => {
    expect(() => formatFilterValue(Number.NaN)).toThrow(RangeError);
  });
});
