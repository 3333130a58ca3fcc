import { isPastDeadline, retryDeadlineMs } from './retry-deadline.js';

const nowMs = Date.parse('2026-03-02T09:00:00Z');
const retried = { attempts: 8, sinceMs: nowMs - retryDeadlineMs, nowMs, most: 8 };

describe('what is tried again and again', () => {
  it('ends with a person after a day', () => {
    expect(isPastDeadline(retried)).toBe(true);
    expect(isPastDeadline({ ...retried, sinceMs: nowMs - retryDeadlineMs + 1 })).toBe(false);
  });

  it('goes on where the application was away for days and few attempts were made', () => {
    expect(isPastDeadline({ ...retried, sinceMs: nowMs - 3 * retryDeadlineMs, attempts: 7 })).toBe(false);
  });

  it('begins with its first failure', () => {
    expect(isPastDeadline({ ...retried, sinceMs: null })).toBe(false);
  });
});
