import { type KeptQuarantine, Quarantine } from './quarantine.js';

const minuteMs = 60_000;
const terms = { failures: 100, percent: 40, firstProbeMinutes: 15, mostProbeMinutes: 60 };

describe('the quarantine of a connector', () => {
  let nowMs = 0;
  let told: (KeptQuarantine | null)[] = [];
  let quarantine: Quarantine;
  beforeEach(() => {
    nowMs = Date.parse('2026-03-02T09:00:00Z');
    told = [];
    quarantine = new Quarantine(
      terms,
      () => nowMs,
      (kept) => told.push(kept),
    );
  });
  const fail = (count: number, code = 'validation', from = 0): void => {
    for (let n = from; n < from + count; n += 1) quarantine.record(`f${n}`, { is: 'parked', code });
  };
  const succeed = (count: number): void => {
    for (let n = 0; n < count; n += 1) quarantine.record(`s${n}`, { is: 'done' });
  };
  /** So many accounts try in a probe, and so many of them fail. */
  const probe = (tries: number, failures: number): void => {
    const names = Array.from({ length: tries }, (_, n) => `probe${nowMs}.${n}`);
    expect(names.map((name) => quarantine.waitUntilMs(name))).toEqual(names.map(() => null));
    names.forEach((name, n) => {
      quarantine.record(name, n < failures ? { is: 'parked', code: 'validation' } : { is: 'done' });
    });
  };

  it('begins with 100 failed accounts, if they are more than 40 percent of those tried', () => {
    succeed(148);
    fail(99);
    expect(quarantine.waitUntilMs('new')).toBeNull();
    fail(1, 'validation', 99);
    expect([quarantine.waitUntilMs('new'), told]).toEqual([
      nowMs + 15 * minuteMs,
      [expect.objectContaining({ failed: 100, objects: 248, probes: 0 })],
    ]);
  });

  it('does not begin where the share is no higher', () => {
    succeed(150);
    fail(100);
    expect(quarantine.state).toBeNull();
  });

  it('counts accounts, not calls: one that fails again and again is one', () => {
    for (let n = 0; n < 500; n += 1) quarantine.record('same', { is: 'parked', code: 'validation' });
    expect(quarantine.state).toBeNull();
  });

  it.each(['throttled', 'unavailable', 'timeout', 'reset', 'removal-held', 'attributes-missing', 'mapping-failed'])(
    'does not count %s',
    (code) => {
      fail(500, code);
      expect(quarantine.state).toBeNull();
    },
  );

  it('counts a day: what failed before is forgotten', () => {
    fail(99);
    nowMs += 24 * 60 * minuteMs;
    fail(99, 'validation', 1_000);
    expect(quarantine.state).toBeNull();
  });

  it('lets a few accounts try after a while, and waits twice as long after each probe that fails, up to the longest', () => {
    fail(100);
    const waits: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const before = nowMs;
      nowMs = quarantine.waitUntilMs('waits') ?? NaN;
      waits.push((nowMs - before) / minuteMs);
      probe(5, 3);
    }
    expect(waits).toEqual([15, 30, 60, 60, 60]);
    expect(quarantine.state?.probes).toBe(5);
  });

  it('gives no more accounts room than a probe has', () => {
    fail(100);
    nowMs += 15 * minuteMs;
    const waits = ['a', 'b', 'c', 'd', 'e', 'f', 'a'].map((name) => quarantine.waitUntilMs(name));
    expect(waits).toEqual([null, null, null, null, null, nowMs + minuteMs, null]);
  });

  it('ends with a probe that succeeds, and counts from nothing', () => {
    fail(100);
    nowMs += 15 * minuteMs;
    probe(5, 2);
    expect([quarantine.waitUntilMs('new'), told.at(-1)]).toEqual([null, null]);
    fail(99, 'validation', 1_000);
    expect(quarantine.state).toBeNull();
  });

  it('counts a probe of which nothing is heard as one that failed', () => {
    fail(100);
    nowMs += 15 * minuteMs;
    expect(quarantine.waitUntilMs('silent')).toBeNull();
    nowMs += 10 * minuteMs;
    expect(quarantine.waitUntilMs('silent')).toBe(nowMs + 30 * minuteMs);
    expect([quarantine.waitUntilMs('new'), quarantine.state?.probes]).toEqual([nowMs + 30 * minuteMs, 1]);
  });

  it('judges a probe by the accounts of which something is heard; where nothing is, it failed', () => {
    fail(100);
    nowMs += 15 * minuteMs;
    expect([quarantine.waitUntilMs('waits'), quarantine.waitUntilMs('made')]).toEqual([null, null]);
    quarantine.record('waits', { is: 'waits' });
    quarantine.record('made', { is: 'done' });
    expect(quarantine.state).toBeNull();
    fail(100, 'validation', 1_000);
    nowMs += 15 * minuteMs;
    expect(quarantine.waitUntilMs('alone')).toBeNull();
    quarantine.record('alone', { is: 'parked', code: 'mapping-failed' });
    expect(quarantine.state?.probes).toBe(1);
  });

  it('goes on after a restart', () => {
    fail(100);
    const after = new Quarantine(terms, () => nowMs);
    after.restore(quarantine.state);
    expect(after.waitUntilMs('new')).toBe(nowMs + 15 * minuteMs);
    nowMs += 15 * minuteMs;
    expect(after.waitUntilMs('new')).toBeNull();
  });
});
