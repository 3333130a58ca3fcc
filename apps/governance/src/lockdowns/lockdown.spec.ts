import { describe, expect, it } from '@jest/globals';
import { lockdown, lockDown, release, type Asked, type Lockdown } from './lockdown.js';
import type { LockdownEvent } from './lockdown.events.js';

const identityId = '0198c0de-0000-7000-8000-00000000000a';
const grace: Asked = { identityId, at: '2026-03-02T09:00:00.000Z', by: 'identity/grace', reason: 'Stolen credentials' };
const linus: Asked = { identityId, at: '2026-03-03T09:00:00.000Z', by: 'identity/linus', reason: 'New passwords' };
const after = (...events: LockdownEvent[]): Lockdown => events.reduce(lockdown.evolve, lockdown.initial);
const locked = after(...lockDown(grace, null));

describe('a lockdown', () => {
  it('says who locked the person down, when and why', () => {
    expect(locked).toEqual({
      locked: { at: grace.at, by: grace.by, reason: grace.reason },
      released: null,
    });
  });

  it('given one already, asking again changes nothing, also when another person asks', () => {
    expect([lockDown(grace, locked), lockDown(linus, locked)]).toEqual([[], []]);
  });

  it('is released by a second person', () => {
    const released = after(...lockDown(grace, null), ...release(linus, locked));
    expect(released).toMatchObject({ locked: { by: grace.by }, released: { by: linus.by, reason: linus.reason } });
  });

  it('is not released by the person who locked', () => {
    expect(() => release({ ...grace, at: linus.at }, locked)).toThrow('another person of security');
  });

  it('is not released where there is none, or twice', () => {
    const released = after(...lockDown(grace, null), ...release(linus, locked));
    expect(() => release(linus, null)).toThrow('not locked down');
    expect(() => release(linus, released)).toThrow('not locked down');
  });

  it('after a release, a person can be locked down again, and the new one counts', () => {
    const released = after(...lockDown(grace, null), ...release(linus, locked));
    const again = lockDown({ ...linus, at: '2026-03-04T09:00:00.000Z' }, released);
    expect(again.reduce(lockdown.evolve, released)).toMatchObject({
      locked: { by: linus.by, at: '2026-03-04T09:00:00.000Z' },
      released: null,
    });
  });

  it('keeps who and when of a forgotten person, without the reason', () => {
    const [fact] = lockDown(grace, null);
    if (fact === undefined) throw new Error('no fact');
    const forgotten = { ...fact, personal: { identity: { subject: identityId, fields: null } } };
    expect(after(forgotten)?.locked).toEqual({ at: grace.at, by: grace.by, reason: null });
  });
});
