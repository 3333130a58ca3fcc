import { goal } from './account.fixtures.js';
import { counted, impactOf, noImpact, touchedBy } from './impact.js';
import type { Goal } from './plan-terms.js';

const none = goal({ active: false, attributes: {} });
const titled = (title: string): Goal => goal({ attributes: { userName: 'ada', title } });

describe('what a change of a mapping or scope does to an account', () => {
  it.each([
    ['nothing, where the same is written', titled('a'), titled('a'), null],
    ['gives one', none, titled('a'), { effect: 'gains', targets: ['title', 'userName'], detail: null }],
    ['gives one, where there was no connector', null, goal(), { effect: 'gains', targets: ['userName'], detail: null }],
    ['takes it away', goal(), none, { effect: 'loses', targets: [], detail: null }],
    ['changes values', titled('a'), titled('b'), { effect: 'changes', targets: ['title'], detail: null }],
    [
      'clears values',
      titled('a'),
      goal({ attributes: { userName: 'ada' } }),
      { effect: 'changes', targets: ['title'], detail: null },
    ],
    [
      'has no values for it',
      goal(),
      goal({ fault: 'title: no' }),
      { effect: 'fails', targets: [], detail: 'title: no' },
    ],
    [
      'what must arrive first, where values or the scope depend on it',
      titled('a'),
      goal({ attributes: { userName: 'ada' }, awaited: { sources: ['department'], targets: ['title'] } }),
      { effect: 'changes', targets: ['title'], detail: expect.stringContaining('needs department') },
    ],
    [
      'nothing, where the same was awaited before',
      goal({ awaited: { sources: ['department'], targets: ['title'] } }),
      goal({ awaited: { sources: ['department'], targets: ['title'] } }),
      null,
    ],
    ['nothing, where it had none before either', goal({ fault: 'x: no' }), goal({ fault: 'x: no' }), null],
  ])('%s', (_, before, after, expected) => {
    expect(impactOf(before, after)).toEqual(expected);
  });

  it('counts whom it touches among those it looked at', () => {
    const loses = impactOf(goal(), none);
    const counts = [loses, null, loses].reduce(counted, noImpact);
    expect(counts).toEqual({ checked: 3, gains: 0, loses: 2, changes: 0, fails: 0 });
    expect(touchedBy(counts)).toBe(2);
  });
});
