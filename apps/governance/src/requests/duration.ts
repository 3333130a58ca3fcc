// At most 999 of the largest unit, so that no instant later than a duration from now needs a year of five digits.
const form =
  /^P(?!$)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$/;

/** Is it an ISO 8601 duration of whole units, such as `P3D` or `PT90M`, and longer than nothing? */
export function isDuration(text: string): boolean {
  const parts = form.exec(text)?.slice(1);
  return parts !== undefined && parts.some((part) => Number(part ?? 0) > 0);
}

/** The instant so much later, in UTC; a month ends no later than the month it falls in. @throws RangeError for other text */
export function later(instant: string, duration: string): string {
  const parts = form.exec(duration);
  if (parts === null) throw new RangeError('not an ISO 8601 duration');
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((n) => Number(n ?? 0));
  const at = new Date(instant);
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + years * 12 + months);
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, lastDay));
  const ms = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;
  return new Date(at.getTime() + ms).toISOString();
}
