import {
  at,
  attempt,
  byRequest,
  byRule,
  creating,
  disabling,
  enabling,
  granting,
  happened,
  joining,
  removing,
  revoking,
  stateOf,
  type Step,
} from './access.fixtures.js';
import { accessAt } from './access-at.js';
import { possiblePeriods } from './possible.js';

/** given(what happened) is(state at each time). */
function given(...steps: readonly Step[]): { is(states: Readonly<Record<string, string>>): void } {
  const periods = possiblePeriods(happened(...steps));
  return {
    is: (states) => {
      const times = Object.keys(states);
      expect(Object.fromEntries(times.map((time) => [time, stateOf(periods, time)]))).toEqual(states);
    },
  };
}

describe('possible access', () => {
  it('begins with the first call that could have taken effect, and is confirmed by the answer', () => {
    given(['09:00', 'operation.started', creating], ['09:02', 'account.created', creating]).is({
      '08:59': 'none',
      '09:00': 'account possible',
      '09:02': 'account confirmed',
      '23:59': 'account confirmed',
    });
  });

  it('of a role begins with the call that grants it, and ends with its verified removal', () => {
    const steps = happened(
      ['09:00', 'operation.started', granting],
      ['09:01', 'role.granted', granting],
      ['10:00', 'operation.started', revoking],
      ['10:01', 'role.revoked', { ...revoking, verified: true }],
    );
    expect(possiblePeriods(steps)).toMatchObject([
      {
        entitlement: { role: 'Approver' },
        since: { at: at('09:00') },
        confirmed: { at: at('09:01') },
        until: { at: at('10:01') },
      },
    ]);
  });

  it('of a role goes on while its removal is not verified', () => {
    const steps = happened(['09:01', 'role.granted', granting], ['10:01', 'role.revoked', revoking]);
    expect(possiblePeriods(steps)).toMatchObject([{ entitlement: { role: 'Approver' }, until: null }]);
  });

  it('does not begin with a look-up', () => {
    given(['09:00', 'operation.started', { kind: 'lookup' }]).is({ '09:01': 'none' });
  });

  it.each([
    ['of the same operation', { operation: attempt(1, creating.kind) }],
    ['of another operation', {}],
  ])('goes on while the effect of one call is unknown, though a later one had none: %s', (_, second) => {
    given(
      ['09:00', 'operation.started', creating],
      ['09:01', 'operation.failed', { ...creating, effect: 'unknown' }],
      ['09:02', 'operation.started', { ...creating, ...second }],
      ['09:03', 'operation.failed', { ...creating, ...second, effect: 'none' }],
    ).is({ '09:30': 'account possible' });
  });

  it('goes on after a failure that says nothing of its effect, as older ones do', () => {
    given(['09:00', 'operation.started', creating], ['09:01', 'operation.failed', creating]).is({
      '09:30': 'account possible',
    });
  });

  it('never was, when no call had an effect', () => {
    given(
      ['09:00', 'operation.started', creating],
      ['09:01', 'operation.failed', { ...creating, effect: 'none' }],
      ['09:02', 'operation.started', creating],
      ['09:03', 'operation.failed', { ...creating, effect: 'none' }],
    ).is({ '09:00': 'none', '09:02': 'none', '09:30': 'none' });
  });

  it('begins with the first call that can have had an effect, when one before it had none', () => {
    given(
      ['09:00', 'operation.started', creating],
      ['09:01', 'operation.started', creating],
      ['09:02', 'operation.failed', { ...creating, operation: attempt(1, creating.kind), effect: 'none' }],
    ).is({ '09:00': 'none', '09:01': 'account possible' });
  });

  it('is written when the application says so, and confirmed when a reading shows it', () => {
    given(
      ['09:00', 'operation.started', creating],
      ['09:01', 'account.created', { ...creating, seen: 'not-visible' }],
      ['09:02', 'account.updated', { seen: 'contradicted' }],
      ['09:03', 'account.confirmed', {}],
      ['10:00', 'operation.started', joining],
      ['10:01', 'membership.added', { ...joining, seen: 'contradicted' }],
      ['10:05', 'membership.confirmed', joining],
    ).is({
      '09:00': 'account possible',
      '09:02': 'account written',
      '09:03': 'account confirmed',
      '10:00': 'account confirmed, analysts possible',
      '10:01': 'account confirmed, analysts written',
      '10:05': 'account confirmed, analysts confirmed',
    });
  });

  it('is confirmed by an update whose answer shows the account, unless that is off', () => {
    given(['09:00', 'account.created', { ...creating, seen: 'not-visible' }], ['09:05', 'account.updated', {}]).is({
      '09:04': 'account written',
      '09:05': 'account confirmed',
    });
    given(
      ['09:00', 'account.created', creating],
      ['10:00', 'account.disabled', { ...disabling, verified: true }],
      ['10:05', 'account.updated', {}],
    ).is({ '10:06': 'account confirmed (off)' });
  });

  it('never was, when a creation whose answer was lost is looked for in vain', () => {
    given(
      ['09:00', 'operation.started', creating],
      ['09:01', 'operation.failed', { ...creating, code: 'timeout', effect: 'unknown' }],
      ['09:02', 'operation.started', creating],
      ['09:03', 'operation.failed', { ...creating, code: 'lost' }],
    ).is({ '09:30': 'none' });
  });

  it('is over when the application says that the account is gone', () => {
    given(
      ['09:00', 'account.created', creating],
      ['10:00', 'operation.started', joining],
      ['10:01', 'operation.failed', { ...joining, code: 'gone', effect: 'none' }],
    ).is({ '09:30': 'account confirmed', '10:00': 'account confirmed', '10:01': 'none' });
  });

  it('stays confirmed when a later call is refused', () => {
    given(
      ['09:00', 'operation.started', creating],
      ['09:01', 'account.created', creating],
      ['10:00', 'operation.started', creating],
      ['10:01', 'operation.failed', { ...creating, effect: 'none' }],
    ).is({ '10:30': 'account confirmed' });
  });

  it('ends when the account is verified to be off, not when that was asked for', () => {
    given(
      ['09:00', 'operation.started', creating],
      ['09:01', 'account.created', creating],
      ['17:00', 'operation.started', disabling],
      ['17:01', 'account.disabled', { ...disabling, verified: false }],
      ['17:05', 'account.disabled', { ...disabling, verified: true }],
    ).is({ '17:04': 'account confirmed', '17:05': 'account confirmed (off)' });
  });

  it('goes on when switching off failed', () => {
    given(
      ['09:00', 'account.created', creating],
      ['17:00', 'operation.failed', { ...disabling, effect: 'unknown' }],
    ).is({
      '23:00': 'account confirmed',
    });
  });

  it('comes back with the first call that could switch the account on', () => {
    given(
      ['09:00', 'account.created', creating],
      ['10:00', 'account.disabled', { ...disabling, verified: true }],
      ['11:00', 'operation.started', enabling],
      ['11:01', 'account.enabled', enabling],
    ).is({ '10:30': 'account confirmed (off)', '11:00': 'account possible', '11:01': 'account confirmed' });
  });

  it('stays off as it was, when switching on is refused', () => {
    given(
      ['09:00', 'account.created', creating],
      ['10:00', 'account.disabled', { ...disabling, verified: true }],
      ['11:00', 'operation.started', enabling],
      ['11:01', 'operation.failed', { ...enabling, effect: 'none' }],
    ).is({ '10:30': 'account confirmed (off)', '12:00': 'account confirmed (off)' });
  });

  it('is over for everything once the account is verified to be deleted', () => {
    given(
      ['09:00', 'account.created', creating],
      ['09:01', 'membership.added', joining],
      ['10:00', 'account.deleted', { kind: 'delete-account', verified: false }],
      ['11:00', 'account.deleted', { kind: 'delete-account', verified: true }],
    ).is({ '10:30': 'account confirmed, analysts confirmed', '11:00': 'none' });
  });

  it('tells a membership of its own time', () => {
    given(
      ['09:00', 'account.created', creating],
      ['10:00', 'operation.started', joining],
      ['10:01', 'membership.added', joining],
      ['12:00', 'membership.removed', { ...removing, verified: false }],
      ['12:30', 'membership.removed', { ...removing, verified: true }],
    ).is({
      '09:30': 'account confirmed',
      '10:00': 'account confirmed, analysts possible',
      '12:15': 'account confirmed, analysts confirmed',
      '12:30': 'account confirmed',
    });
  });

  it('is found, when an account was there that nothing decided justifies', () => {
    given(['09:00', 'account.adopted', { because: [] }]).is({ '08:00': 'none', '09:00': 'account found' });
  });

  it('is confirmed, when a lost answer turns out to have made the account', () => {
    given(
      ['09:00', 'operation.started', creating],
      ['09:01', 'operation.failed', { ...creating, effect: 'unknown' }],
      ['09:10', 'account.adopted', {}],
    ).is({ '09:05': 'account possible', '09:10': 'account confirmed' });
  });

  it('is access, when an account behind a former connector is off and one behind another is on', () => {
    const before = { connector: 'old-scim' };
    given(
      ['09:00', 'account.created', { ...creating, ...before }],
      ['10:00', 'account.disabled', { ...disabling, ...before, verified: true }],
      ['11:00', 'account.created', creating],
    ).is({
      '10:30': 'account confirmed (off)',
      '11:30': 'account confirmed',
    });
  });

  it('is the same whatever order the entries come in, and doubled', () => {
    const steps = happened(
      ['09:00', 'operation.started', creating],
      ['09:01', 'account.created', creating],
      ['10:00', 'account.disabled', { ...disabling, verified: true }],
    );
    expect(possiblePeriods([...steps].reverse())).toEqual(possiblePeriods(steps));
    expect(possiblePeriods([...steps, ...steps])).toEqual(possiblePeriods(steps));
  });

  it('names the assignments that justified it at that time', () => {
    const periods = possiblePeriods(
      happened(['09:00', 'account.created', creating], ['10:00', 'membership.added', joining]),
    );
    expect(accessAt(periods, at('09:30'))?.because).toEqual([byRule]);
    expect(accessAt(periods, at('10:30'))?.because).toEqual([byRule, byRequest]);
  });
});
