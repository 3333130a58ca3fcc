import { describe, expect, it } from '@jest/globals';
import { RemovalGuard, type Removal } from './removal-guard.js';

const clock = { ms: 0 };
const guard = (limits: Partial<ConstructorParameters<typeof RemovalGuard>[0]> = {}): RemovalGuard => {
  clock.ms = 0;
  return new RemovalGuard({ people: 500, percent: 5, least: 10, ...limits }, () => clock.ms);
};
const leaver = (n: number, more: Partial<Removal> = {}): Removal => ({
  identityId: `p${n}`,
  leaver: true,
  causedBy: 'one',
  receivedMs: clock.ms,
  ...more,
});
/** How many of so many removals, one after the other, are held. */
function held(of: RemovalGuard, count: number, accounts: number, more: Partial<Removal> = {}): number {
  of.counted(accounts);
  return Array.from({ length: count }, (_, n) => of.isHeld(leaver(n, more))).filter((one) => one).length;
}

describe('the limit of removals in an hour', () => {
  it('given 100 accounts, when 30 people leave at once, then 10 lose access and 20 are held', () => {
    expect(held(guard(), 30, 100)).toBe(20);
  });

  it('given 1,000 accounts, then 5 % are taken away, and never more than 500', () => {
    expect(held(guard(), 60, 1_000)).toBe(10);
    expect(held(guard(), 510, 20_000)).toBe(10);
  });

  it('given the limit is reached, when one person leaves alone, then that one is not held', () => {
    const wave = guard();
    held(wave, 30, 100);
    clock.ms = 5 * 60_000;
    expect(wave.isHeld(leaver(99))).toBe(false);
  });

  it('given the limit is reached, when a person decides about one person, then that is not held', () => {
    const wave = guard();
    held(wave, 30, 100);
    expect(wave.isHeld(leaver(99, { causedBy: 'person' }))).toBe(false);
  });

  it('given the limit is reached by a file, when one person leaves beside it, then that one is not held', () => {
    const wave = guard();
    held(wave, 30, 100, { causedBy: 'many' });
    expect(wave.isHeld(leaver(99))).toBe(false);
  });

  it('given the limit is reached, when somebody falls out of the scope, then that is held, however long ago it was desired', () => {
    const wave = guard();
    held(wave, 10, 100);
    expect(wave.isHeld(leaver(99, { leaver: false, receivedMs: -86_400_000 }))).toBe(true);
  });

  it('given an hour has gone by, then the count begins again', () => {
    const wave = guard();
    held(wave, 10, 100);
    clock.ms = 3_600_001;
    expect(wave.isHeld(leaver(99, { leaver: false }))).toBe(false);
  });

  it('given a removal that is tried again, then it counts once', () => {
    const wave = guard();
    held(wave, 10, 100);
    expect(wave.isHeld(leaver(0))).toBe(false);
  });

  it('given another process took accounts away, then they count', () => {
    const after = guard();
    after.restore(Array.from({ length: 10 }, (_, n) => ({ identityId: `q${n}`, atMs: 0 })));
    expect(after.isHeld(leaver(1, { leaver: false }))).toBe(true);
  });
});
