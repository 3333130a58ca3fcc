import { Temporal } from 'temporal-polyfill';

// At most 999 of the largest unit, so that the year of a later instant has four digits.
const form =
  /^P(?!$)(?:\d{1,3}Y)?(?:\d{1,4}M)?(?:\d{1,4}W)?(?:\d{1,4}D)?(?:T(?=\d)(?:\d{1,5}H)?(?:\d{1,5}M)?(?:\d{1,6}S)?)?$/;

/** Is it an ISO 8601 duration of whole units, such as `P3D` or `PT90M`, and greater than zero? */
export function isDuration(text: string): boolean {
  return form.test(text) && !Temporal.Duration.from(text).blank;
}

/** The instant after this duration, in UTC. A day that the target month does not have becomes its last day. @throws RangeError for other text */
export function later(instant: string, duration: string): string {
  if (!form.test(duration)) throw new RangeError('not an ISO 8601 duration');
  const at = Temporal.Instant.from(instant).toZonedDateTimeISO('UTC').add(duration);
  return at.toInstant().toString({ fractionalSecondDigits: 3 });
}
