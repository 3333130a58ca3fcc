import { plainYaml, YamlFault } from './plain-yaml.js';

describe('YAML', () => {
  it('says what the same document says as JSON', () => {
    const text = ['a: 1', 'b: [true, null, "x"] # a comment', 'c: &x', '  d: 2026-01-31', 'e: *x', '"f": yes', ''].join(
      '\n',
    );
    expect(plainYaml(text)).toEqual({
      a: 1,
      b: [true, null, 'x'],
      c: { d: '2026-01-31' },
      e: { d: '2026-01-31' },
      f: 'yes',
    });
  });

  it('may be JSON', () => {
    expect(plainYaml('{"a": [1, {"b": null}]}')).toEqual({ a: [1, { b: null }] });
  });

  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefg'.split('').map((name, n) => {
      const before = 'abcdef'.charAt(n);
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join()}]`;
    }),
  ].join('\n');
  it.each([
    ['a name twice', 'a: 1\na: 2', 'line 2, column 1'],
    ['what is no YAML', 'a: [1', 'line 1'],
    ['two documents', 'a: 1\n---\nb: 2', 'line'],
    ['a tag', 'a: !secret x', 'line 1, column 4'],
    ['a number that JSON has not', 'a: .inf', 'a is Infinity'],
    ['aliases that grow without end', bomb, 'more than 20 values'],
  ])('refuses %s, and says where', (_, text, where) => {
    expect(() => plainYaml(text)).toThrow(YamlFault);
    expect(() => plainYaml(text)).toThrow(where);
  });

  it('makes no prototype of a name', () => {
    const read = plainYaml('__proto__: {polluted: 1}') as object;
    expect('polluted' in read).toBe(false);
  });
});
