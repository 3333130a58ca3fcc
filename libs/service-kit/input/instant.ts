import { Temporal } from 'temporal-polyfill';
import { Fits } from './validation.js';

const form = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** The instant in UTC with milliseconds; null for a local time, a day that does not exist, years outside 1 to 9999. */
function inUtc(text: string): string | null {
  if (!form.test(text)) return null;
  try {
    const utc = Temporal.Instant.from(text).toString({ fractionalSecondDigits: 3 });
    return /^(?!0000)\d{4}-/.test(utc) ? utc : null;
  } catch {
    return null;
  }
}

/** An instant of a request: ISO 8601 with its offset; a local time would mean whatever zone the reader is in. */
export const IsInstant = (): PropertyDecorator =>
  Fits(
    'instant',
    { type: 'string', format: 'date-time' },
    (value) => typeof value === 'string' && inUtc(value) !== null,
    'must be an instant such as 2026-03-03T12:00:00Z',
  );

/** A text that `IsInstant` accepted, in the form that the hub's own instants have. @throws RangeError for any other */
export function utcOf(text: string): string {
  const utc = inUtc(text);
  if (utc === null) throw new RangeError('not an instant');
  return utc;
}
