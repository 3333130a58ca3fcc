import type { FailureTerms } from '#libs/outgoing/failure.js';
import { Gate } from './gate.js';
import { some } from '../../../../../test/support/some.js';

const failure = (overrides: Partial<FailureTerms>): FailureTerms => ({
  class: 'transient',
  code: 'unavailable',
  status: 503,
  effectUnknown: true,
  retryAfterMs: null,
  detail: '',
  ...overrides,
});
const down = failure({});
const throttled = (retryAfterMs: number | null): FailureTerms =>
  failure({ class: 'throttled', code: 'throttled', status: 429, retryAfterMs });
const refused = failure({ class: 'validation', code: 'validation', status: 400 });

/** A gate whose time passes when told to, with the longest waits that chance gives. */
function gateAt(): { gate: Gate; pass: (ms: number) => void } {
  let nowMs = 0;
  return {
    gate: new Gate(
      () => nowMs,
      () => 1,
    ),
    pass: (ms) => (nowMs += ms),
  };
}

describe('the gate before an application', () => {
  it('stays open for one account that fails, however often', () => {
    const { gate } = gateAt();
    for (let n = 0; n < 50; n += 1) gate.record('ada', down);
    expect(gate.room).toBe('all');
  });

  it.each(['unreachable', 'address-refused', 'redirected', 'wrong-address'])(
    'shuts at once on %s, which is about no account',
    (code) => {
      const { gate, pass } = gateAt();
      expect(gate.record('ada', failure({ code, status: null, effectUnknown: false }))).toBe('unreachable');
      pass(1_000);
      expect(gate.room).toBe('one');
      expect(gate.record('ada', null)).toBeNull();
    },
  );

  it('shuts when many fail with no good answer between, for longer each time, and lets one try', () => {
    const { gate, pass } = gateAt();
    for (const name of ['a', 'b', 'c', 'd']) expect(gate.record(name, down)).toBeNull();
    expect(gate.record('e', down)).toBe('unreachable');
    const waits = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000];
    for (const ms of some(waits)) {
      pass(ms - 1);
      expect(gate.room).toBe('none');
      pass(1);
      expect(gate.room).toBe('one');
      gate.record('f', down);
    }
    pass(60_000);
    expect(gate.record('f', null)).toBeNull();
    expect(gate.room).toBe('all');
  });

  it('takes a refusal for an answer', () => {
    const { gate } = gateAt();
    for (const name of ['a', 'b', 'c', 'd']) gate.record(name, down);
    gate.record('e', refused);
    gate.record('f', down);
    expect(gate.room).toBe('all');
  });

  it.each([
    ['as long as it asks', 30_000, 30_000],
    ['5 s when it does not say', null, 5_000],
    ['never for no time at all', 0, 1_000],
  ])('waits %s', (_, asked, ms) => {
    const { gate, pass } = gateAt();
    expect(gate.record('ada', throttled(asked))).toBe('throttled');
    pass(ms - 1);
    expect(gate.held).toBe(true);
    pass(1);
    expect(gate.room).toBe('one');
  });

  it('is not opened by an answer that was on its way when it was shut', () => {
    const { gate, pass } = gateAt();
    gate.record('ada', throttled(30_000));
    gate.record('bob', null);
    expect(gate.room).toBe('none');
    pass(30_000);
    expect(gate.room).toBe('one');
  });
});
