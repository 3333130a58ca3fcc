import { describe, expect, it } from '@jest/globals';
import { accessAt } from './access-at.js';
import { at, stateOf } from './access.fixtures.js';
import { decidedPeriods } from './decided.js';
import { justified } from './justified.js';
import { observedPeriods, type CompleteReading, type Observation } from './observed.js';
import { lastSeen, type Period } from './period.js';

const identity = '0198c0de-0000-7000-8000-00000000000a';
type Shown = Observation['entitlements'][number];
const account = (firstSeen: string, sinceUnknown = false): Shown => ({
  account: true,
  firstSeenAt: at(firstSeen),
  sinceUnknown,
});
const analysts = (firstSeen: string, sinceUnknown = false): Shown => ({
  group: 'analysts',
  firstSeenAt: at(firstSeen),
  sinceUnknown,
});
/** What differed, at the end of the reading that showed it. */
const observed = (...shown: readonly (readonly [time: string, ...Shown[]])[]): Observation[] =>
  shown.map(([time, ...entitlements], place) => ({
    identity,
    application: 'chat',
    connector: 'chat-scim',
    epoch: 1,
    sequence: place + 1,
    // It is told at the end of a reading that began at the full hour.
    reading: `${time.slice(0, 2)}:00`,
    turn: { at: at(time), recordedAt: at(time), index: place },
    entitlements,
  }));
const read = (time: string, more: Partial<CompleteReading> = {}): CompleteReading => ({
  reading: time,
  connector: 'chat-scim',
  turn: { at: at(time), recordedAt: at(time), index: 100 },
  holdings: true,
  ...more,
});
const heldAt = (periods: readonly Period[], time: string) =>
  accessAt(periods, at(time))?.entitlements.map(({ since, until, lastSeenAt, sinceUnknown }) => ({
    since,
    until,
    lastSeenAt,
    sinceUnknown,
  }));

describe('observed access', () => {
  const shown = observed(
    ['09:05', account('09:01', true)],
    ['11:05', account('09:01', true), analysts('11:01')],
    ['13:05', account('09:01', true)],
  );
  const readings = ['09:00', '10:00', '11:00', '12:00', '13:00', '14:00'].map((time) => read(time));
  const periods = observedPeriods(shown, readings);

  it.each([
    ['09:00', 'none'],
    ['09:01', 'account confirmed'],
    ['11:01', 'account confirmed, analysts confirmed'],
    ['13:04', 'account confirmed, analysts confirmed'],
    ['13:05', 'account confirmed'],
  ])('is held from the reading that saw it first to the first that missed it (%s)', (time, expected) => {
    expect(stateOf(periods, time)).toBe(expected);
  });

  it('says when it was seen last, as known at that instant, and since when nobody knows', () => {
    expect(heldAt(periods, '12:30')).toEqual([
      { since: at('09:01'), until: null, lastSeenAt: at('12:00'), sinceUnknown: true },
      { since: at('11:01'), until: at('13:05'), lastSeenAt: at('12:00'), sinceUnknown: false },
    ]);
    expect(heldAt(periods, '09:02')).toMatchObject([{ lastSeenAt: at('09:01') }]);
    expect(heldAt(periods, '23:00')).toMatchObject([{ lastSeenAt: at('14:00') }]);
  });

  it('says of what is gone that it was seen last by the reading before the one that missed it', () => {
    const [gone] = periods.filter(({ until }) => until !== null);
    // The reading that missed it began at 13:00 and was over at 13:05.
    expect(gone === undefined ? null : lastSeen(gone, '9999')?.at).toBe(at('12:00'));
  });

  it('counts for groups only readings that showed who holds them', () => {
    const partly = [read('10:00'), read('12:00', { holdings: false })];
    const [one, other] =
      heldAt(observedPeriods(observed(['09:05', account('09:01'), analysts('09:01')]), partly), '15:00') ?? [];
    expect([one?.lastSeenAt, other?.lastSeenAt]).toEqual([at('12:00'), at('10:00')]);
  });

  it('takes nothing from readings of another connector', () => {
    const other = read('12:00', { connector: 'other' });
    expect(heldAt(observedPeriods(observed(['09:05', account('09:01')]), [other]), '15:00')).toMatchObject([
      { lastSeenAt: at('09:01') },
    ]);
  });

  it('begins again where it was gone in between, and ends where the account is gone', () => {
    const again = observedPeriods(observed(['09:05', account('09:01')], ['10:05'], ['11:05', account('11:01')]), []);
    expect(['09:30', '10:30', '11:30'].map((time) => stateOf(again, time))).toEqual([
      'account confirmed',
      'none',
      'account confirmed',
    ]);
  });

  it('is the same whatever order the observations come in, and doubled', () => {
    expect(observedPeriods([...shown].reverse(), readings.toReversed())).toEqual(periods);
    expect(observedPeriods([...shown, ...shown], readings)).toEqual(periods);
  });

  it('is confirmed also where it should have ended: a reading shows it', () => {
    const decided = decidedPeriods(
      [
        ['09:00', true],
        ['10:00', false],
      ].map(([time, has], place) => ({
        identity,
        application: 'chat',
        epoch: 1,
        sequence: place + 1,
        turn: { at: at(String(time)), recordedAt: at(String(time)), index: place },
        entitlements: has === true ? [{ account: true, because: ['a1'] }] : [],
      })),
    );
    const known = periods.map((period) => justified(period, decided));
    expect(accessAt(known, at('10:30'))).toMatchObject({ state: 'confirmed', shouldHaveEnded: true });
  });
});
