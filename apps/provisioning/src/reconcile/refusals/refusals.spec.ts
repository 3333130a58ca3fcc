import type { FailureTerms } from '#libs/outgoing/failure.js';
import { Refusals, type CallKind } from './refusals.js';

const refused = (status = 403, overrides: Partial<FailureTerms> = {}): FailureTerms => ({
  class: 'validation',
  code: 'forbidden',
  status,
  effectUnknown: false,
  retryAfterMs: null,
  detail: '',
  ...overrides,
});
const creating: CallKind = { kind: 'create-account', entitlement: { account: true } };
const joining = (group: string): CallKind => ({ kind: 'add-member', entitlement: { group } });

describe('kinds of call that an application refuses', () => {
  let nowMs: number;
  let refusals: Refusals;
  beforeEach(() => {
    nowMs = 0;
    refusals = new Refusals(
      () => nowMs,
      () => 1,
    );
  });
  const refuse = (call: CallKind, names: string, failure = refused()): void => {
    for (const name of names) refusals.record(call, name, failure);
  };

  it('one account that is refused again and again holds nobody else', () => {
    refuse(creating, 'aaaaaaaa');
    expect([refusals.waitUntilMs(creating, 'b'), refusals.held]).toEqual([null, []]);
  });

  it('several refused alike hold that kind of call, and no other', () => {
    refuse(creating, 'abcde');
    expect(refusals.waitUntilMs(creating, 'f')).toBeGreaterThan(0);
    expect(refusals.waitUntilMs({ kind: 'update-account', entitlement: { account: true } }, 'f')).toBeNull();
    expect(refusals.held).toEqual([{ call: 'create-account', status: 403 }]);
  });

  it('a group that takes nobody holds additions to it alone', () => {
    refuse(joining('Admins'), 'abcde');
    expect(refusals.waitUntilMs(joining('Admins'), 'f')).toBeGreaterThan(0);
    expect(refusals.waitUntilMs(joining('Staff'), 'f')).toBeNull();
  });

  it.each(['disable-account', 'delete-account', 'remove-member'] as const)('%s is never held', (kind) => {
    refuse({ kind, entitlement: { account: true } }, 'abcdefgh');
    expect(refusals.waitUntilMs({ kind, entitlement: { account: true } }, 'x')).toBeNull();
  });

  it('a success between says that it is not the kind of call', () => {
    refuse(creating, 'abcd');
    refusals.record(creating, 'x', null);
    refuse(creating, 'e');
    expect(refusals.held).toEqual([]);
  });

  it('what is about one account alone, and what says nothing of a refusal, does not count', () => {
    refuse(creating, 'abcdef', refused(409, { class: 'conflict', code: 'conflict' }));
    refuse(creating, 'abcdef', refused(503, { class: 'transient', code: 'unavailable' }));
    expect(refusals.held).toEqual([]);
  });

  it('lets one try at a time, for longer waits each time, and tells of those who waited once it works', () => {
    refuse(creating, 'abcde');
    expect(refusals.waitUntilMs(creating, 'f')).toBeGreaterThan(nowMs);
    nowMs += 1_000;
    expect(refusals.waitUntilMs(creating, 'f')).toBeNull();
    expect(refusals.waitUntilMs(creating, 'g')).toBeGreaterThan(nowMs);
    refusals.record(creating, 'f', refused());
    expect(refusals.waitUntilMs(creating, 'g')).toBeGreaterThan(nowMs + 1_999);
    nowMs += 2_000;
    expect(refusals.waitUntilMs(creating, 'g')).toBeNull();
    expect(refusals.record(creating, 'g', null)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(refusals.waitUntilMs(creating, 'h')).toBeNull();
  });
});
