import { SharedRun } from './shared-run.js';

describe('a shared run', () => {
  it('runs once at a time: who asks meanwhile shares the next run', async () => {
    const ends: (() => void)[] = [];
    let [running, most] = [0, 0];
    const runs = new SharedRun(async () => {
      most = Math.max(most, (running += 1));
      const run = ends.length;
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
      return run;
    });
    const first = runs.ask();
    await new Promise(setImmediate);
    const later = [runs.ask(), runs.ask(), runs.ask()];
    ends[0]?.();
    expect(await first).toBe(0);
    await new Promise(setImmediate);
    ends[1]?.();
    expect(await Promise.all(later)).toEqual([1, 1, 1]);
    expect([most, ends.length]).toEqual([1, 2]);
  });

  it('goes on after one that failed', async () => {
    let runs = 0;
    const shared = new SharedRun(() => {
      runs += 1;
      return runs === 1 ? Promise.reject(new Error('away')) : Promise.resolve(runs);
    });
    await expect(shared.ask()).rejects.toThrow('away');
    expect(await shared.ask()).toBe(2);
  });
});
