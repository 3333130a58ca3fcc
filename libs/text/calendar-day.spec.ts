import fc from 'fast-check';
import { endOfDay, isCalendarDay, isTimeZone, startOfDay } from './calendar-day.js';

const start = (day: string, zone: string): string => new Date(startOfDay(day, zone)).toISOString();

describe('a calendar day', () => {
  it.each([
    ['2026-03-02', 'UTC', '2026-03-02T00:00:00.000Z'],
    ['2026-03-02', 'Europe/Berlin', '2026-03-01T23:00:00.000Z'],
    ['2026-07-02', 'Europe/Berlin', '2026-07-01T22:00:00.000Z'],
    ['2026-03-02', 'America/Los_Angeles', '2026-03-02T08:00:00.000Z'],
    ['2026-03-02', 'Pacific/Kiritimati', '2026-03-01T10:00:00.000Z'],
    ['2026-03-02', 'Asia/Kathmandu', '2026-03-01T18:15:00.000Z'],
    // Clocks are put forward at midnight: the day begins at one o'clock.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    // Clocks are put back at midnight into the day before: the day begins with the second midnight.
    ['2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    // Clocks are put back from one o'clock to midnight: the day begins with the first midnight.
    ['2025-10-26', 'Atlantic/Azores', '2025-10-26T00:00:00.000Z'],
    ['9999-12-31', 'UTC', '9999-12-31T00:00:00.000Z'],
  ])('%s begins in %s at %s', (day, zone, instant) => {
    expect(start(day, zone)).toBe(instant);
  });

  it('ends when the next one begins, in every zone', () => {
    const days = fc.date({ min: new Date('1970-01-02'), max: new Date('2100-01-01'), noInvalidDate: true });
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    fc.assert(
      fc.property(days, zones, (date, zone) => {
        const day = date.toISOString().slice(0, 10);
        const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
        const hours = (endOfDay(day, zone) - startOfDay(day, zone)) / 3_600_000;
        // Samoa and Kiribati once skipped a day of the calendar; Manila repeated one.
        expect(endOfDay(day, zone)).toBe(startOfDay(next, zone));
        expect(hours >= 0 && hours <= 48).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '0000-01-01',
    '26-01-01',
    '2026-1-1',
    '20260101',
    '+002026-01-01',
    '2026-01-01[u-ca=hebrew]',
    '2026-01-01T00:00:00Z',
    '',
  ])('is not %s', (text) => {
    expect(isCalendarDay(text)).toBe(false);
  });

  it('knows leap days and zones', () => {
    expect([isCalendarDay('2028-02-29'), isCalendarDay('2026-02-29')]).toEqual([true, false]);
    expect(['Europe/Berlin', 'Asia/Calcutta', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});
