import type { IncomingMessage } from 'node:http';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RequestProblem } from '#libs/problems/problem.js';
import type { ClientAddresses } from './client-address.js';

/** Requests are counted over this time, so that a short burst passes. Seconds. */
const usualWindow = 10;

/** Requests a second, on average over the window; 0 is no limit. */
export interface RequestRates {
  /** Of one caller. */
  readonly caller: number;
  /** Of one address, without a valid token. */
  readonly address: number;
}

/** 429 (RFC 6585 §4): nothing was done. */
export class TooManyRequests extends RequestProblem {
  constructor(whose: string, seconds: number) {
    super(429, 'too_many_requests', `too many requests ${whose}: send the next one in ${seconds} s`, [], {
      'Retry-After': String(seconds),
    });
  }
}

type Whose = 'caller' | 'address';

/**
 * How many requests a caller, and an address without a valid token, may send to this process. A caller is known by the
 * token, so nobody else behind the same proxy can use up what is theirs.
 */
export class RequestLimits {
  private readonly callers: RateLimiterMemory | null;
  private readonly strangers: RateLimiterMemory | null;
  private readonly refused = { caller: 0, address: 0 };

  constructor(
    rates: RequestRates,
    readonly addresses: ClientAddresses,
    windowSeconds = usualWindow,
  ) {
    const limiter = (rate: number): RateLimiterMemory | null =>
      rate === 0 ? null : new RateLimiterMemory({ points: rate * windowSeconds, duration: windowSeconds });
    this.callers = limiter(rates.caller);
    this.strangers = limiter(rates.address);
  }

  /** Counts a request of a known caller. @throws TooManyRequests */
  async takeCaller(actor: string): Promise<void> {
    await this.take(this.callers, actor, 'caller');
  }

  /** Counts a request of somebody whom no valid token names. @throws TooManyRequests */
  async takeStranger(request: IncomingMessage): Promise<void> {
    await this.take(this.strangers, this.addresses.subscriberOf(request), 'address');
  }

  /** Refused since the start of the process, by what the limit is of. */
  counts(): Readonly<Record<Whose, number>> {
    return { ...this.refused };
  }

  private async take(limiter: RateLimiterMemory | null, key: string, whose: Whose): Promise<void> {
    try {
      await limiter?.consume(key);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      this.refused[whose] += 1;
      const who = whose === 'caller' ? 'of this caller' : 'without a valid token from this address';
      throw new TooManyRequests(who, Math.max(1, Math.ceil(error.msBeforeNext / 1_000)));
    }
  }
}
