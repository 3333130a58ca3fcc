import type { FailureTerms } from '#libs/outgoing/failure.js';
import { attemptsAlone, attemptsWhileOthersSucceed, attemptsExhausted } from './attempts.js';

const failure = (overrides: Partial<FailureTerms> = {}): FailureTerms => ({
  class: 'transient',
  code: 'unavailable',
  status: 500,
  effectUnknown: true,
  retryAfterMs: null,
  detail: '',
  ...overrides,
});
const sinceMs = 10 * 60_000;

describe('when an account that fails again and again is for a person', () => {
  it('after some tries where others are served', () => {
    const over = (attempts: number): string =>
      attemptsExhausted(failure(), { attempts, sinceMs, othersSucceededMs: sinceMs });
    expect([over(attemptsWhileOthersSucceed - 1), over(attemptsWhileOthersSucceed)]).toEqual(['no', 'yes']);
  });

  it.each([null, sinceMs - 120_000])('after more where nobody else was served meanwhile', (othersSucceededMs) => {
    const over = (attempts: number): string => attemptsExhausted(failure(), { attempts, sinceMs, othersSucceededMs });
    expect([over(attemptsWhileOthersSucceed), over(attemptsAlone)]).toEqual(['no', 'in-the-end']);
  });

  it.each([{ class: 'throttled' }, { class: 'auth' }, { code: 'unreachable' }, { code: 'not-sent' }] as const)(
    'never where it is the application: %j',
    (overrides) => {
      expect(attemptsExhausted(failure(overrides), { attempts: 1_000, sinceMs, othersSucceededMs: sinceMs })).toBe(
        'no',
      );
    },
  );
});
