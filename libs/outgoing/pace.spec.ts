import { Pace, type RateBucket, steadyRateOf, withUrgency } from './pace.js';
import { profileBy, templateNamed } from '#libs/scim/client/templates.js';

/** A clock that moves only when somebody waits. */
function simulated(): { nowMs(): number; wait(ms: number): Promise<void> } {
  let now = 0;
  return {
    nowMs: () => now,
    wait: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  };
}

type Method = 'GET' | 'POST' | 'PATCH';

/** An application that counts by the minute, and refuses with 429 what is more. */
function counting(limits: readonly RateBucket[], nowMs: () => number): (method: Method, path: string) => boolean {
  const taken = limits.map((): number[] => []);
  return (method, path) => {
    const concerned = limits.flatMap((limit, index) =>
      (limit.methods.length === 0 || limit.methods.includes(method)) && path.includes(limit.path) ? [index] : [],
    );
    const full = concerned.some((index) => {
      const { requests, perSeconds } = limits[index] as RateBucket;
      const recent = (taken[index] ?? []).filter((at) => at > nowMs() - perSeconds * 1_000);
      taken[index] = recent;
      return recent.length >= requests;
    });
    if (!full) for (const index of concerned) taken[index]?.push(nowMs());
    return !full;
  };
}

const second = (requests: number): RateBucket => ({ methods: [], path: '', requests, perSeconds: 1, burst: 1 });

describe('the pace of calls', () => {
  it.each([
    ['Slack: changes of users', templateNamed('slack')?.switches.rate ?? [], 'POST', '/Users', 3],
    ['Slack: readings of users', templateNamed('slack')?.switches.rate ?? [], 'GET', '/Users', 5],
    ['10 requests per second', [second(10)], 'PATCH', '/Groups/1', 10],
    ['1 request in 2 seconds', [second(0.5)], 'GET', '/Users', 0.5],
  ] as const)('%s: uses 90 %% of what is permitted, and 1 %% of the calls or less meet 429', async (...given) => {
    const [, limits, method, path, permitted] = given;
    const timer = simulated();
    const pace = new Pace(limits, false, timer);
    const accepts = counting(
      limits.map((one) => ({ ...one, requests: one.requests * 60, perSeconds: one.perSeconds * 60 })),
      timer.nowMs,
    );
    const calls = 2_000;
    let refused = 0;
    for (let n = 0; n < calls; n += 1) {
      await pace.turn({ method, path }, 60_000);
      if (!accepts(method, path)) refused += 1;
    }
    const perSecond = calls / (timer.nowMs() / 1_000);
    expect(perSecond / permitted).toBeGreaterThanOrEqual(0.9);
    expect(perSecond / permitted).toBeLessThanOrEqual(1.05);
    expect(refused / calls).toBeLessThan(0.01);
  });

  it.each([
    ['slack', 'PATCH', '/Users/1', 3],
    ['slack', 'GET', '/Users', 5],
    ['aws-identity-center', 'PATCH', '/Groups/1', 20],
    ['aws-identity-center', 'GET', '/Users', 20],
    ['github-emu', 'POST', '/Users', 1_000 / 3_600],
  ] as const)(
    'within the limits that %s publishes: %s %s at 90 %% of the rate or more',
    async (name, method, path, permitted) => {
      const { rate, rateShared } = profileBy(name, {});
      const timer = simulated();
      const pace = new Pace(rate, rateShared, timer);
      const accepts = counting(rate, timer.nowMs);
      const calls = 2_000;
      let refused = 0;
      for (let n = 0; n < calls; n += 1) {
        await pace.turn({ method, path }, Infinity);
        if (!accepts(method, path)) refused += 1;
      }
      expect(calls / (timer.nowMs() / 1_000) / permitted).toBeGreaterThanOrEqual(0.9);
      expect(refused / calls).toBeLessThan(0.01);
    },
  );

  it('leaves a tenth to other clients where the limits are shared', async () => {
    const timer = simulated();
    const pace = new Pace([second(10)], true, timer);
    for (let n = 0; n < 1_000; n += 1) await pace.turn({ method: 'GET', path: '/Users' }, 60_000);
    const perSecond = 1_000 / (timer.nowMs() / 1_000);
    expect(perSecond).toBeGreaterThan(8.9);
    expect(perSecond).toBeLessThan(9.1);
  });

  it('lets who must lose access go first', async () => {
    const pace = new Pace([second(10)], false, simulated());
    const order: string[] = [];
    const call = (name: string, urgency: number): Promise<void> =>
      withUrgency(urgency, async () => {
        await pace.turn({ method: 'PATCH', path: '/Users/1' }, 60_000);
        order.push(name);
      });
    await call('before', 1);
    await Promise.all([call('joiner', 2), call('mover', 1), call('leaver', 0)]);
    expect(order[0]).toBe('before');
    expect(order.indexOf('leaver')).toBeLessThan(order.indexOf('joiner'));
  });

  it('holds back only what a limit is about', async () => {
    const timer = simulated();
    const pace = new Pace([{ methods: ['POST'], path: '/Users', requests: 1, perSeconds: 60, burst: 1 }], false, timer);
    await pace.turn({ method: 'POST', path: '/Users' }, 1_000);
    await pace.turn({ method: 'GET', path: '/Users' }, 1_000);
    await pace.turn({ method: 'POST', path: '/Groups' }, 1_000);
    expect(timer.nowMs()).toBe(0);
  });

  it('lets a call go that no limit holds back, while another one waits for its turn', async () => {
    let now = 0;
    const sleeps: (() => void)[] = [];
    const timer = {
      nowMs: () => now,
      wait: (_: number, woken: AbortSignal) =>
        new Promise<void>((done) => {
          sleeps.push(done);
          woken.addEventListener('abort', () => done());
        }),
    };
    const one = (method: Method, perSeconds: number): RateBucket => ({
      ...{ methods: [method], path: '', requests: 1, burst: 1 },
      perSeconds,
    });
    const pace = new Pace([one('POST', 3_600), one('PATCH', 10)], false, timer);
    const went: string[] = [];
    const call = (method: Method): Promise<void> =>
      pace.turn({ method, path: '/Users' }, 7_200_000).then(() => void went.push(method));
    await call('POST');
    await call('PATCH');
    const [creation, change] = [call('POST'), call('PATCH')];
    await call('GET');
    expect(went).toEqual(['POST', 'PATCH', 'GET']);
    now = 11_000;
    sleeps.at(-1)?.();
    await change;
    expect(went).toEqual(['POST', 'PATCH', 'GET', 'PATCH']);
    now = 4_000_000;
    sleeps.at(-1)?.();
    await creation;
    expect(went.at(-1)).toBe('POST');
  });

  it('sends nothing that would come too late', async () => {
    const pace = new Pace([second(0.1)], false, simulated());
    await pace.turn({ method: 'GET', path: '/' }, 1_000);
    await expect(pace.turn({ method: 'GET', path: '/' }, 1_000)).rejects.toMatchObject({ terms: { code: 'not-sent' } });
  });

  it('gives up a call when it is too late, and not when its turn would have come', async () => {
    const timer = simulated();
    const pace = new Pace([second(0.001)], false, timer);
    await pace.turn({ method: 'GET', path: '/' }, 1_000);
    const given = pace.turn({ method: 'GET', path: '/' }, 30_000);
    await expect(given).rejects.toMatchObject({ terms: { code: 'not-sent', effectUnknown: false } });
    expect(timer.nowMs()).toBeLessThan(31_000);
  });

  it('knows the rate that lasts', () => {
    expect([steadyRateOf([]), steadyRateOf([second(4), second(2.5)])]).toEqual([Infinity, 2.5]);
  });
});
