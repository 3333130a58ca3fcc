import { credentialsView } from './credentials-expiry.js';

const now = '2026-03-02T10:00:00.000Z';
const warning = (expiresAt: string | null): string => credentialsView(expiresAt, 'current', now).warning;

describe('credentials that expire', () => {
  it('are warned of from 30 days ahead on, and once they have ended', () => {
    expect(warning('2026-04-02T10:00:00.000Z')).toBe('');
    expect(warning('2026-04-01T10:00:00.000Z')).toContain('expire in 30 days');
    expect(warning('2026-03-03T11:00:00.000Z')).toContain('expire in 1 day:');
    expect(warning('2026-03-02T09:59:00.000Z')).toContain('have expired');
  });

  it('are not warned of where nobody said when they end', () => {
    expect(credentialsView(null, 'unknown', now)).toEqual({
      accepted: 'unknown',
      expiresAt: null,
      daysLeft: null,
      warning: '',
    });
  });

  it('warns while the application takes the former secret only, beside the end of the current one', () => {
    expect(credentialsView(null, 'former', now).warning).toContain('the application accepts the former secret');
    const soon = new Date(Date.parse(now) + 86_400_000).toISOString();
    expect(credentialsView(soon, 'former', now).warning).toMatch(/former secret.*; the credentials expire in 1 day/);
  });
});
