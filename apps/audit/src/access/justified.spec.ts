import type { DesiredEntitlement } from '#libs/contracts/desired-access.js';
import { at, byRequest, byRule, creating, decided, disabling, happened } from './access.fixtures.js';
import { decidedPeriods } from './decided.js';
import { justified } from './justified.js';
import { becauseAt, becauseOf, type Period } from './period.js';
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

  it('is the last that did, while nothing does any more', () => {
    const periods = periodsOf(left, ['08:59', { ...account, because: [byRule] }], ['17:00']);
    expect(periods.map((period) => becauseAt(period, at('17:40')))).toEqual([[byRule], [byRule]]);
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
