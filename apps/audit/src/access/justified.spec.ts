import type { DesiredEntitlement } from '#libs/contracts/desired-access.js';
import { at, byRequest, byRule, creating, decided, disabling, happened } from './access.fixtures.js';
import { decidedPeriods } from './decided.js';
import { justified } from './justified.js';
import { accessAt } from './access-at.js';
import { becauseAt, becauseOf, lastBecause, type Period } from './period.js';
import { possiblePeriods } from './possible.js';

const account = { account: true } as const;
const made = happened(['09:00', 'operation.started', creating], ['09:02', 'account.created', creating]);
const left = happened(
  ['09:00', 'operation.started', creating],
  ['09:02', 'account.created', creating],
  ['17:30', 'account.disabled', { ...disabling, verified: true, because: [] }],
);
const periodsOf = (
  steps: typeof made,
  ...versions: readonly (readonly [time: string, ...entitlements: DesiredEntitlement[]])[]
): Period[] => possiblePeriods(steps).map((period) => justified(period, decidedPeriods(decided(...versions))));

describe('what justifies possible access', () => {
  it('is what was decided at that time, though the application heard nothing of a new reason', () => {
    const [period] = periodsOf(
      made,
      ['08:59', { ...account, because: [byRule] }],
      ['12:00', { ...account, because: [byRequest] }],
    );
    if (period === undefined) throw new Error('no period');
    expect([becauseAt(period, at('09:30')), becauseAt(period, at('12:30'))]).toEqual([[byRule], [byRequest]]);
    expect(becauseOf(period)).toEqual([byRule, byRequest]);
  });

  it('ends with the last decision, and is remembered as what did last', () => {
    const [period, off] = periodsOf(left, ['08:59', { ...account, because: [byRule] }], ['17:00']);
    if (period === undefined || off === undefined) throw new Error('no period');
    expect([becauseAt(period, at('16:59')), becauseAt(period, at('17:00'))]).toEqual([[byRule], []]);
    expect(lastBecause(period, at('17:20'))).toEqual([byRule]);
    expect([becauseAt(off, at('17:40')), lastBecause(off, at('17:40'))]).toEqual([[], [byRule]]);
  });

  it('makes what it no longer justifies neither confirmed nor justified, until the removal is verified', () => {
    const periods = periodsOf(left, ['08:59', { ...account, because: [byRule] }], ['17:00']);
    const told = (time: string): unknown => {
      const access = accessAt(periods, at(time));
      return [access?.state, access?.shouldHaveEnded, access?.because, access?.lastBecause];
    };
    expect(told('16:59')).toEqual(['confirmed', false, [byRule], []]);
    expect(told('17:00')).toEqual(['possible', true, [], [byRule]]);
    expect(told('17:30')).toEqual(['confirmed', false, [], [byRule]]);
  });

  it('takes access that comes back for justified again', () => {
    const periods = periodsOf(
      made,
      ['08:59', { ...account, because: [byRule] }],
      ['17:00'],
      ['18:00', { ...account, because: [byRequest] }],
    );
    expect(['17:30', '18:00'].map((time) => accessAt(periods, at(time)))).toMatchObject([
      { shouldHaveEnded: true, state: 'possible', because: [], entitlements: [{ justifiedUntil: at('17:00') }] },
      { shouldHaveEnded: false, state: 'confirmed', because: [byRequest], entitlements: [{ justifiedUntil: null }] },
    ]);
  });

  it('is nothing of a leaver whose account is found and never was decided', () => {
    const found = happened(['09:00', 'account.adopted', { because: [] }]);
    expect(accessAt(periodsOf(found), at('10:00'))).toMatchObject({ state: 'found', shouldHaveEnded: false });
    const again = periodsOf(found, ['07:00', { ...account, because: [byRule] }], ['08:00']);
    expect(accessAt(again, at('10:00'))).toMatchObject({ state: 'found', shouldHaveEnded: true });
  });

  it('is not what had ceased to before it could have begun, nor what came after its end', () => {
    const periods = periodsOf(
      left,
      ['08:00', { ...account, because: [byRequest] }],
      ['08:30', { ...account, because: [byRule] }],
      ['17:00'],
      ['18:00', { ...account, because: [byRequest] }],
    );
    expect(periods.filter(({ enabled }) => enabled).map(becauseOf)).toEqual([[byRule]]);
  });

  it('is what the operation says where nothing was decided, as far as is known', () => {
    expect(periodsOf(made).map(becauseOf)).toEqual([[byRule]]);
  });
});
