import { accessAt, confirmedBy } from './access-at.js';
import { at, byRequest, byRule, creating, decided, happened, stateOf } from './access.fixtures.js';
import { decidedPeriods } from './decided.js';
import { possiblePeriods } from './possible.js';

const account = { account: true, because: [byRule] } as const;
const analysts = { group: 'analysts', because: [byRequest] } as const;

describe('decided access', () => {
  const versions = decided(['09:00', account], ['10:00', account, analysts], ['12:00', account], ['17:00']);
  const periods = decidedPeriods(versions);

  it.each([
    ['08:59', 'none'],
    ['09:00', 'account possible'],
    ['10:00', 'account possible, analysts possible'],
    ['12:00', 'account possible'],
    ['17:00', 'none'],
  ])('holds from the version that names it to the one that does not (%s)', (time, expected) => {
    expect(stateOf(periods, time)).toBe(expected);
  });

  it('begins again after it ended', () => {
    const again = decidedPeriods(decided(['09:00', account], ['10:00'], ['11:00', account]));
    expect(accessAt(again, at('12:00'))).toMatchObject({ since: at('11:00'), until: null });
    expect(accessAt(again, at('09:30'))).toMatchObject({ since: at('09:00'), until: at('10:00') });
  });

  it('keeps its beginning when the reason changes, and names the reason of each time', () => {
    const changed = decidedPeriods(decided(['09:00', account], ['10:00', { account: true, because: [byRequest] }]));
    expect(accessAt(changed, at('09:30'))).toMatchObject({ since: at('09:00'), because: [byRule] });
    expect(accessAt(changed, at('10:30'))).toMatchObject({ since: at('09:00'), because: [byRequest] });
  });

  it('is the same whatever order the versions come in, and doubled', () => {
    expect(decidedPeriods([...versions].reverse())).toEqual(periods);
    expect(decidedPeriods([...versions, ...versions])).toEqual(periods);
  });

  it('is confirmed where the application has it', () => {
    const possible = possiblePeriods(
      happened(['09:00', 'operation.started', creating], ['09:10', 'account.created', creating]),
    );
    const states = ['09:05', '09:10'].map((time) => {
      const access = accessAt(periods, at(time));
      return access === null ? null : confirmedBy(possible, access, at(time)).state;
    });
    expect(states).toEqual(['possible', 'confirmed']);
  });

  it('tells of each turn which entry says so', () => {
    expect(accessAt(periods, at('09:30'))).toMatchObject({ since: at('09:00'), until: at('17:00') });
    expect(periods.find(({ entitlement }) => 'group' in entitlement)).toMatchObject({
      since: { index: 1 },
      until: { index: 2 },
    });
  });
});
