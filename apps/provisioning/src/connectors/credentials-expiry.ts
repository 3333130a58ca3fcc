/** How long the credentials of a connector still count, as an administrator stated it, and which secret counts now. */
export interface CredentialsView {
  /** What the application accepted last. `unknown` until a call was accepted with what `auth` states now. */
  readonly accepted: 'current' | 'former' | 'unknown';
  readonly expiresAt: string | null;
  /** Whole days; negative once they have ended. */
  readonly daysLeft: number | null;
  /** Empty while there is nothing to do. */
  readonly warning: string;
}

const dayMs = 86_400_000;
/** Warned of so many days ahead. */
const warnDays = 30;

export function credentialsView(
  expiresAt: string | null,
  accepted: CredentialsView['accepted'],
  now: string,
): CredentialsView {
  const daysLeft = expiresAt === null ? null : Math.floor((Date.parse(expiresAt) - Date.parse(now)) / dayMs);
  const warnings = [accepted === 'former' ? formerWarning : '', daysLeft === null ? '' : warningOf(daysLeft)];
  return { accepted, expiresAt, daysLeft, warning: warnings.filter((one) => one !== '').join('; ') };
}

const formerWarning =
  'the application accepts the former secret and not the current one: put the current one in place there, or correct auth';

function warningOf(daysLeft: number): string {
  const mend = 'give new ones in auth, with their expiresAt';
  if (daysLeft < 0) return `the credentials have expired: ${mend}`;
  return daysLeft <= warnDays
    ? `the credentials expire in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}: ${mend}`
    : '';
}
