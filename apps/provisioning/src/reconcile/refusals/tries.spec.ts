import type { FailureTerms } from '#libs/scim/client/failure.js';
import { triesAlone, triesBesideOthers, triesOver } from './tries.js';

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
    const over = (attempts: number): string => triesOver(failure(), { attempts, sinceMs, othersWellMs: sinceMs });
    expect([over(triesBesideOthers - 1), over(triesBesideOthers)]).toEqual(['no', 'yes']);
  });

  it.each([null, sinceMs - 120_000])('after more where nobody else was served meanwhile', (othersWellMs) => {
    const over = (attempts: number): string => triesOver(failure(), { attempts, sinceMs, othersWellMs });
    expect([over(triesBesideOthers), over(triesAlone)]).toEqual(['no', 'in-the-end']);
  });

  it.each([{ class: 'throttled' }, { class: 'auth' }, { code: 'unreachable' }, { code: 'not-sent' }] as const)(
    'never where it is the application: %j',
    (overrides) => {
      expect(triesOver(failure(overrides), { attempts: 1_000, sinceMs, othersWellMs: sinceMs })).toBe('no');
    },
  );
});
