import { AsyncLocalStorage } from 'node:async_hooks';
import { Turns } from './turns.js';
import { CallFailure } from './failure.js';

/** How many calls an application takes in a time. Calls of other methods or paths do not count. */
export interface RateBucket {
  /** Empty for every method. */
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[];
  /** A part of the path, such as `/Users`; empty for every path. */
  readonly path: string;
  readonly requests: number;
  readonly perSeconds: number;
  /** Calls that may be made at once after a pause. */
  readonly burst: number;
}

/** What is paced. */
interface PacedCall {
  readonly method: RateBucket['methods'][number];
  readonly path: string;
}

/** A clock that does not stand still, and waiting by it. */
export interface Timer {
  nowMs(): number;
  /** @param woken ends the waiting early */
  wait(ms: number, woken: AbortSignal): Promise<void>;
}

const rateOf = ({ requests, perSeconds }: RateBucket): number => requests / perSeconds;

/** Calls per second that these limits permit for a long time; infinite for none. */
export const steadyRateOf = (limits: readonly RateBucket[]): number => Math.min(Infinity, ...limits.map(rateOf));

/** Of the permitted rate: what is left covers that both clocks and both counters differ a little. */
const usedShare = 0.96;
/** Of a limit that other clients of the application share. */
const usedShareIfShared = 0.9;

const monotonic: Timer = {
  nowMs: () => performance.now(),
  wait: (ms, woken) =>
    new Promise((done) => {
      const timer = setTimeout(done, ms);
      woken.addEventListener('abort', () => {
        clearTimeout(timer);
        done();
      });
    }),
};

interface Waiting extends PacedCall {
  readonly urgency: number;
  /** When it is too late for the call. */
  readonly untilMs: number;
  go(): void;
  giveUp(): void;
}

const urgency = new AsyncLocalStorage<number>();

/** Calls made in `work` wait for their turn by this. Lower numbers go first. */
export function withUrgency<T>(level: number, work: () => Promise<T>): Promise<T> {
  return urgency.run(level, work);
}

/** Fills with permissions for calls at a steady rate, up to `burst`. */
class TokenBucket {
  private tokens: number;
  private atMs: number;

  constructor(
    readonly of: RateBucket,
    private readonly perMs: number,
    nowMs: number,
  ) {
    this.tokens = of.burst;
    this.atMs = nowMs;
  }

  concerns({ method, path }: PacedCall): boolean {
    return (
      (this.of.methods.length === 0 || this.of.methods.includes(method)) &&
      path.toLowerCase().includes(this.of.path.toLowerCase())
    );
  }

  /** Milliseconds until a call may be made; 0 for now. */
  waitMs(nowMs: number): number {
    this.tokens = Math.min(this.of.burst, this.tokens + (nowMs - this.atMs) * this.perMs);
    this.atMs = nowMs;
    return this.tokens >= 1 ? 0 : Math.ceil((1 - this.tokens) / this.perMs);
  }

  take(): void {
    this.tokens -= 1;
  }
}

/** Keeps the calls to one application, all together, within its limits; the most urgent go first, and none waits without end. */
export class Pace {
  private readonly buckets: readonly TokenBucket[];
  private readonly waiting: Waiting[] = [];
  private readonly turns = new Turns();
  private serving = false;
  private pausing = new AbortController();

  /** @param shared other clients use the same limits */
  constructor(
    limits: readonly RateBucket[],
    shared = false,
    private readonly timer: Timer = monotonic,
  ) {
    const share = shared ? usedShareIfShared : usedShare;
    const now = timer.nowMs();
    this.buckets = limits.map((one) => new TokenBucket(one, (rateOf(one) * share) / 1_000, now));
  }

  /** Resolves when the call may be made. @throws CallFailure `not-sent` when that would be too late */
  async turn(call: PacedCall, withinMs: number): Promise<void> {
    if (this.buckets.length === 0) return;
    if (this.waitMs(call) === 0 && !this.waiting.some((one) => this.shareLimit(one, call))) {
      this.take(call);
      return;
    }
    await this.queued(call, withinMs);
  }

  private queued(call: PacedCall, withinMs: number): Promise<void> {
    const level = urgency.getStore() ?? 1;
    const untilMs = this.timer.nowMs() + withinMs;
    return new Promise((resolve, reject) => {
      const go = (): void => {
        this.take(call);
        resolve();
      };
      const place = this.waiting.findIndex((one) => one.urgency > level);
      const one = { ...call, urgency: level, untilMs, go, giveUp: () => reject(tooLate()) };
      this.waiting.splice(place < 0 ? this.waiting.length : place, 0, one);
      // Its turn may come before that of those for whom is waited now.
      this.pausing.abort();
      void this.serve();
    });
  }

  private async serve(): Promise<void> {
    if (this.serving) return;
    this.serving = true;
    for (;;) {
      // Who waits in vain holds a place among the calls of the connector.
      for (const late of this.takeOut(({ untilMs }) => this.timer.nowMs() > untilMs)) late.giveUp();
      if (this.waiting.length === 0) break;
      // A call that a bucket holds back does not hold back those that it does not concern.
      const ready = this.waiting.filter((one) => this.waitMs(one) === 0);
      const [first, ...others] = [...new Set(ready.map((one) => one.urgency))];
      if (first !== undefined) this.serveAt(this.turns.next([first, ...others]), ready);
      else await this.pause(Math.min(...this.waiting.map((one) => this.waitMs(one)), this.leastLeftMs()));
    }
    this.serving = false;
  }

  private async pause(ms: number): Promise<void> {
    this.pausing = new AbortController();
    await this.timer.wait(ms, this.pausing.signal);
  }

  private shareLimit(one: PacedCall, other: PacedCall): boolean {
    return this.buckets.some((bucket) => bucket.concerns(one) && bucket.concerns(other));
  }

  private takeOut(which: (one: Waiting) => boolean): Waiting[] {
    const out = this.waiting.filter(which);
    for (const one of out) this.waiting.splice(this.waiting.indexOf(one), 1);
    return out;
  }

  /** Milliseconds until it is too late for some call. */
  private leastLeftMs(): number {
    const first = Math.min(...this.waiting.map(({ untilMs }) => untilMs));
    return Math.max(0, Math.ceil(first - this.timer.nowMs())) + 1;
  }

  /** The first that is ready at this level. */
  private serveAt(level: number, ready: readonly Waiting[]): void {
    const one = ready.find(({ urgency: of }) => of === level);
    if (one === undefined) return;
    this.waiting.splice(this.waiting.indexOf(one), 1);
    one.go();
  }

  private waitMs(call: PacedCall): number {
    const now = this.timer.nowMs();
    return Math.max(0, ...this.buckets.filter((one) => one.concerns(call)).map((one) => one.waitMs(now)));
  }

  private take(call: PacedCall): void {
    for (const bucket of this.buckets) if (bucket.concerns(call)) bucket.take();
  }
}

function tooLate(): CallFailure {
  return new CallFailure({
    class: 'transient',
    code: 'not-sent',
    status: null,
    effectUnknown: false,
    retryAfterMs: null,
    detail: 'the limit of requests left no time for the call',
  });
}
