import { failureOf as classify, retryAfterMs } from './classify.js';
import { OutsideText } from './outside-text.js';

const now = Date.parse('2026-03-02T10:00:00Z');
const answer = (status: number, text = '', headers: Record<string, string> = {}) => ({
  status,
  text,
  headers,
  isUtf8: true,
});
const outside = new OutsideText(() => ['s3cret-t/k&n']);
const failureOf = (given: Parameters<typeof classify>[0], write: boolean, nowMs: number): ReturnType<typeof classify> =>
  classify(given, write, nowMs, (text, most) => outside.words(text, most));

describe('what an answer means', () => {
  it.each([
    [400, 'validation', 'validation'],
    [401, 'auth', 'auth'],
    [402, 'validation', 'payment-required'],
    [403, 'validation', 'forbidden'],
    [405, 'validation', 'unsupported'],
    [404, 'gone', 'gone'],
    [409, 'conflict', 'conflict'],
    [412, 'validation', 'changed-meanwhile'],
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

  it('403 that asks to wait is the application having too much', () => {
    const terms = failureOf(answer(403, '', { 'retry-after': '60' }), true, now);
    expect(terms).toMatchObject({ class: 'throttled', retryAfterMs: 60_000 });
  });

  it('400 that says tooMany is about the size of what was sent, and another 400 is not', () => {
    const said = (scimType: string): string => JSON.stringify({ status: '400', scimType, detail: 'no' });
    expect(failureOf(answer(400, said('tooMany')), true, now)).toMatchObject({
      code: 'too-large',
      effectUnknown: false,
    });
    expect(failureOf(answer(400, said('invalidValue')), true, now)).toMatchObject({ code: 'validation' });
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

describe('text from an application', () => {
  it('is fit to be stored, cut at a character, and holds no secret in any writing', () => {
    const emoji = failureOf(answer(400, `${'x'.repeat(499)}👍`), true, now)?.detail ?? '';
    expect([emoji.length, emoji.isWellFormed()]).toEqual([499, true]);
    expect(failureOf(answer(400, JSON.stringify({ detail: 'a\0b\ud83d' })), true, now)?.detail).toBe('a\ufffdb\ufffd');
    const secret = 's3cret-t/k&n';
    for (const form of [
      secret,
      secret.toUpperCase(),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      's3cret-t/k&amp;n',
    ])
      expect([form, failureOf(answer(400, `no ${form}!`), true, now)?.detail]).toEqual([form, 'no ***!']);
    const escaped = '{"detail":"no s3cret-t\\/k\\u0026n"}';
    expect(failureOf(answer(400, escaped), true, now)?.detail).toBe('no ***');
    // A secret across the place where the text is cut leaves no half.
    expect(failureOf(answer(400, `${'x'.repeat(492)}${secret}`), true, now)?.detail).toBe(`${'x'.repeat(492)}***`);
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
