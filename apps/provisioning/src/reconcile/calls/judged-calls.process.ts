import { ConcurrencyConflict, isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import { longestDetail } from '#libs/outgoing/classify.js';
import { CallFailure, type FailureTerms } from '#libs/outgoing/failure.js';
import { cleanText, cutText } from '#libs/text/text.js';
import type { CallResult, OpenOperation } from '../../accounts/accounts.exports.js';
import type { Lanes } from './lanes.process.js';
import type { Probe } from './probe.js';

export interface JudgedCallsOptions {
  readonly lanes: Lanes;
  /** The failure of an operation's calls; null for success. */
  readonly recordOutcome: (operation: OpenOperation, failure: FailureTerms | null) => void;
  readonly probe: Probe;
}

/** Makes calls, finds out what a failure is about, and tells the outcome to who slows down, parks or goes on by it. */
export class JudgedCalls {
  constructor(private readonly options: JudgedCallsOptions) {}

  /** The result of a call, whatever it was. @throws what neither the application nor a fault of the hub caused */
  async run(open: OpenOperation, call: () => Promise<CallResult>): Promise<CallResult> {
    const { lanes, recordOutcome } = this.options;
    const { result, failure } = await this.judged(await outcomeOf(call));
    if (failure === null || failure.code === 'accepted') lanes.succeeded();
    else if (isOverload(failure)) lanes.overloaded();
    recordOutcome(open, failure?.code === 'accepted' ? null : failure);
    return result;
  }

  private async judged(outcome: CallOutcome): Promise<CallOutcome> {
    if (outcome.result.is !== 'failed' || outcome.failure?.code !== 'forbidden') return outcome;
    const failure = await this.whose(outcome.failure);
    return { result: { ...outcome.result, failure }, failure };
  }

  /** A refusal with 403 is about the credentials only if reading is refused, too. */
  private async whose(refusal: FailureTerms): Promise<FailureTerms> {
    const unreadable = await this.options.probe.ask();
    if (unreadable === null) return refusal;
    const { effectUnknown } = refusal;
    if (unreadable.class === 'auth' || unreadable.code === 'forbidden')
      return { ...refusal, class: 'auth', code: 'auth' };
    return { ...unreadable, effectUnknown };
  }
}

/** The result of a call, and its failure; null for success. */
interface CallOutcome {
  readonly result: CallResult;
  readonly failure: FailureTerms | null;
}

/** @throws what neither the application nor a fault of the hub caused */
async function outcomeOf(call: () => Promise<CallResult>): Promise<CallOutcome> {
  try {
    const result = await call();
    return { result, failure: result.is === 'failed' ? result.failure : null };
  } catch (error) {
    if (!(error instanceof CallFailure) && !isOurOwn(error)) throw error;
    const failure = error instanceof CallFailure ? error.terms : unexpected(error);
    if (failure.class === 'gone') return { result: { is: 'gone', status: failure.status }, failure };
    return { result: { is: 'failed', failure, absentBefore: false }, failure };
  }
}

function isOverload({ class: kind, status, code }: FailureTerms): boolean {
  return kind === 'throttled' || (status ?? 0) >= 500 || code === 'timeout';
}

/** An unexpected failure: a fault of the hub, not an outage of its database or the work of another process. */
function isOurOwn(error: unknown): boolean {
  return !isOutage(error) && !(error instanceof LeaseLost) && !(error instanceof ConcurrencyConflict);
}

/** The failure that stopped the work on an account, in a form that can be stored. */
export function unexpected(error: unknown): FailureTerms {
  const detail = cutText(cleanText(error instanceof Error ? error.message : String(error)), longestDetail);
  return { class: 'transient', code: 'unexpected', status: null, effectUnknown: true, retryAfterMs: null, detail };
}
