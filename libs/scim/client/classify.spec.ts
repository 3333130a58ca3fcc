import { failureOf, retryAfterMs } from './classify.js';

const now = Date.parse('2026-03-02T10:00:00Z');
const answer = (status: number, text = '', headers: Record<string, string> = {}) => ({ status, text, headers });

describe('what an answer means', () => {
  it.each([
    [400, 'validation', 'validation'],
    [401, 'auth', 'auth'],
    [403, 'auth', 'auth'],
    [404, 'gone', 'gone'],
    [409, 'conflict', 'conflict'],
    [412, 'transient', 'changed-meanwhile'],
    [413, 'validation', 'too-large'],
    [422, 'validation', 'validation'],
    [429, 'throttled', 'throttled'],
    [500, 'transient', 'unavailable'],
    [501, 'validation', 'unsupported'],
    [503, 'transient', 'unavailable'],
    [302, 'transient', 'redirected'],
  ])('%i is %s', (status, kind, code) => {
    expect(failureOf(answer(status), true, now)).toMatchObject({ class: kind, code, status });
  });

  it('2xx is none', () => {
    expect(failureOf(answer(204), true, now)).toBeNull();
  });

  it.each([408, 500, 502, 503, 504])('%i leaves the effect of a write unknown, and of a read not', (status) => {
    expect(failureOf(answer(status), true, now)?.effectUnknown).toBe(true);
    expect(failureOf(answer(status), false, now)?.effectUnknown).toBe(false);
  });

  it.each([400, 401, 409, 429, 501])('%i had no effect', (status) => {
    expect(failureOf(answer(status), true, now)?.effectUnknown).toBe(false);
  });

  it('quotes the application’s own words, and no more than some of them', () => {
    const scim = JSON.stringify({ scimType: 'uniqueness', detail: 'taken' });
    expect(failureOf(answer(409, scim), true, now)?.detail).toBe('uniqueness: taken');
    expect(failureOf(answer(500, 'x'.repeat(9000)), true, now)?.detail).toHaveLength(500);
  });

  it.each([
    ['a text', 'x'.repeat(499) + '\u{1f600}'],
    ['a SCIM error', JSON.stringify({ detail: 'x'.repeat(499) + '\u{1f600}' })],
  ])('never cuts through a character of %s', (_, text) => {
    expect(failureOf(answer(500, text), true, now)?.detail).toBe('x'.repeat(499));
  });
});

describe('Retry-After', () => {
  it.each([
    ['7', 7_000],
    ['0', 0],
    ['Mon, 02 Mar 2026 10:00:30 GMT', 30_000],
    ['Mon, 02 Mar 2026 09:00:00 GMT', 0],
    ['999999999999', 3_600_000],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [undefined, null],
  ])('%s is %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});
