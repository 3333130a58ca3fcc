import { type NewestReading, nextReadingAt, type ReadingWindow, weekdays } from './reading-schedule.js';

const night: ReadingWindow = { from: '22:00', until: '05:00', timeZone: 'UTC', days: weekdays };
const completed = (requestedAt: string): NewestReading => ({
  status: 'completed',
  requestedAt,
  finishedAt: requestedAt,
});
// A Monday.
const at = (time: string, day = '02'): string => `2026-03-${day}T${time}:00.000Z`;
const due = (
  { every = 'P1D', window = null }: { every?: string | null; window?: ReadingWindow | null },
  newest: NewestReading | null,
  now: string,
): string | null => nextReadingAt({ every, window }, newest, now);

describe('the next reading of an application', () => {
  it('is only when somebody asks, where no schedule is stated', () => {
    expect(due({ every: null }, null, at('12:00'))).toBeNull();
    expect(due({ every: null, window: night }, completed(at('12:00')), at('12:00', '09'))).toBeNull();
  });

  it('is now for an application that was never read', () => {
    expect(due({}, null, at('12:00'))).toBe(at('12:00'));
  });

  it('is so long after the last one began, and now where that is over', () => {
    expect(due({ every: 'PT6H' }, completed(at('10:00')), at('12:00'))).toBe(at('16:00'));
    expect(due({ every: 'PT6H' }, completed(at('10:00')), at('20:00'))).toBe(at('20:00'));
  });

  it('waits for the window', () => {
    expect(due({ window: night }, null, at('12:00'))).toBe(at('22:00'));
    expect(due({ window: night }, null, at('23:30'))).toBe(at('23:30'));
    expect(due({ window: night }, null, at('04:59'))).toBe(at('04:59'));
    expect(due({ window: night }, null, at('05:00'))).toBe(at('22:00'));
  });

  it('is not made up for outside the window when the hub was stopped during it', () => {
    expect(due({ window: night }, completed(at('22:00', '01')), at('09:00', '04'))).toBe(at('22:00', '04'));
  });

  it('comes at the opening of each day, though the last one began a little after it', () => {
    const last = completed('2026-03-02T22:00:07.400Z');
    expect(due({ window: night }, last, at('22:00', '03'))).toBe(at('22:00', '03'));
    expect(due({ window: night }, last, at('23:00'))).toBe('2026-03-03T22:00:00.000Z');
  });

  it('is on the stated days alone, and a window over midnight belongs to the day on which it opens', () => {
    const weekend: ReadingWindow = { ...night, days: ['saturday', 'sunday'] };
    expect(due({ window: weekend }, null, at('12:00'))).toBe(at('22:00', '07'));
    // Monday, two in the morning: the window of Sunday is open.
    expect(due({ window: weekend }, null, at('02:00'))).toBe(at('02:00'));
  });

  it('is by the clock of the zone, also on the day when that goes forward', () => {
    const zurich: ReadingWindow = { ...night, timeZone: 'Europe/Zurich' };
    expect(due({ window: zurich }, null, at('12:00'))).toBe(at('21:00'));
    expect(due({ window: zurich }, null, '2026-03-29T12:00:00.000Z')).toBe('2026-03-29T20:00:00.000Z');
  });

  it('is sooner after one that failed', () => {
    const failed: NewestReading = { status: 'failed', requestedAt: at('22:00'), finishedAt: at('22:04') };
    expect(due({}, failed, at('22:05'))).toBe(at('22:19'));
    expect(due({ every: 'PT1M' }, failed, at('22:00'))).toBe(at('22:01'));
  });
});
