/** How long the credentials of a connector still count, as an administrator stated it. */
export interface CredentialsView {
  readonly expiresAt: string | null;
  /** Whole days; negative once they have ended. */
  readonly daysLeft: number | null;
  /** Empty while there is nothing to do. */
  readonly warning: string;
}

const dayMs = 86_400_000;
/** Warned of so many days ahead. */
const warnDays = 30;

export function credentialsView(expiresAt: string | null, now: string): CredentialsView {
  if (expiresAt === null) return { expiresAt, daysLeft: null, warning: '' };
  const daysLeft = Math.floor((Date.parse(expiresAt) - Date.parse(now)) / dayMs);
  return { expiresAt, daysLeft, warning: warningOf(daysLeft) };
}

function warningOf(daysLeft: number): string {
  const mend = 'give new ones in auth, with their expiresAt';
  if (daysLeft < 0) return `the credentials have expired: ${mend}`;
  return daysLeft <= warnDays
    ? `the credentials expire in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}: ${mend}`
    : '';
}
