import { describe, expect, it } from '@jest/globals';
import { rootCause } from './root-cause.js';

const alike = (...words: string[]): number => new Set(words.map((one) => rootCause('validation', one))).size;

describe('the root cause of refusals', () => {
  it('given words that differ in a name, a number, an id or an address only, then it is one', () => {
    expect(alike('User "ada@corp.example" is invalid', 'User "bob@corp.example" is invalid')).toBe(1);
    expect(alike('ada@corp.example has no licence', 'bob.b@corp.example has no licence')).toBe(1);
    expect(alike('no seat 17 of 20', 'no seat 3 of 20')).toBe(1);
    expect(
      alike('0198c0de-0000-7000-8000-0000000000a1 not found', '2d1f0b3a-7c5e-5d4b-9a8f-6e7d8c9b0a1f not found'),
    ).toBe(1);
    expect(alike('see https://a.example/1', 'see https://a.example/2?x=y')).toBe(1);
    expect(alike('request u17x failed', 'request u9 failed')).toBe(1);
    expect(alike('Department  is   required', 'department is required')).toBe(1);
  });

  it('given words that say something else, then it is another', () => {
    expect(alike('licence limit reached', 'department is required')).toBe(2);
    expect(rootCause('forbidden', 'no')).not.toBe(rootCause('validation', 'no'));
  });

  it('given no words, then it is the code', () => {
    expect(rootCause('validation', '')).toBe('validation');
  });
});
