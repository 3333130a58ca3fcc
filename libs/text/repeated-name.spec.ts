import { repeatedName } from './repeated-name.js';

describe('a name that an object of a JSON text has twice', () => {
  it.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"a":1,"b":{"c":1,"c" :2}}', '/b/c'],
    ['{"a":[{"x":1},{"x":1,"x":2}]}', '/a/x'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"":1,"":2}', '/'],
    ['{"a\\"":1,"a\\"":2}', '/a"'],
    ['{"a":{"b":1},"a":{"b":2}}', '/a'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
  ])('in %s is %s', (text, pointer) => {
    expect(repeatedName(text)).toBe(pointer);
  });

  it.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
    '{"a":"\\"a\\":1,\\"a\\":2","b":"{\\"a\\":1"}',
    '{"a":"}","b":["]","a"],"A":1}',
    '[]',
    '7',
  ])('is none in %s', (text) => {
    expect(repeatedName(text)).toBeNull();
  });

  it('is looked for in time that grows with the text alone', () => {
    const before = process.cpuUsage().user;
    expect(
      repeatedName(`{"a":"${'\\\\'.repeat(400_000)}","b":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    ).toBeNull();
    expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(1_000);
  });
});
