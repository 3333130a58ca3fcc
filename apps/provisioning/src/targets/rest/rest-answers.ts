import type { Answer } from '#libs/outgoing/classify.js';
import type { FailureClass, FailureTerms } from '#libs/outgoing/failure.js';
import { valueAt } from './json-pointer.js';
import type { ErrorClass } from './rest-description.js';
import type { AnswerTest, ListRequest } from './rest-requests.js';

/** A successful answer. */
export interface RestAnswer {
  readonly status: number;
  /** Undefined where the answer is empty or no JSON. */
  readonly body: unknown;
  /** Lower-case names. */
  readonly headers: Answer['headers'];
}

const meanings: Readonly<Record<ErrorClass, readonly [FailureClass, string]>> = {
  refused: ['validation', 'validation'],
  conflict: ['conflict', 'conflict'],
  throttled: ['throttled', 'throttled'],
  outage: ['transient', 'unavailable'],
  credentials: ['auth', 'auth'],
  licence: ['validation', 'payment-required'],
};

/** How many items a list says that it has; null where it does not say. */
export function totalOf({ page }: ListRequest, { body, headers }: RestAnswer): number | null {
  const stated = page?.total ?? null;
  if (stated === null) return null;
  const total = 'pointer' in stated ? valueAt(body, stated.pointer) : headers[stated.header];
  const isCount = typeof total === 'number' || (typeof total === 'string' && /^\d{1,12}$/.test(total));
  return isCount ? Number(total) : null;
}

/** What an answer means of which the description says so. */
export function describedFailure(
  kindOf: ErrorClass,
  terms: Omit<FailureTerms, 'class' | 'code'>,
  usual: FailureTerms | null,
  write: boolean,
): FailureTerms {
  const [kind, code] = meanings[kindOf];
  const retryAfterMs = usual?.retryAfterMs ?? null;
  return { ...terms, class: kind, code, retryAfterMs, effectUnknown: write && kindOf === 'outage' };
}

/** The description knows what "not found" looks like: another 404 comes from elsewhere, such as a gateway. */
export function elsewhere(usual: FailureTerms): FailureTerms {
  return { ...usual, class: 'transient', code: 'wrong-address' };
}

/** Does an answer pass this test of the description? */
export function isSo({ status, at }: AnswerTest, answered: number, body: unknown): boolean {
  if (!status.includes(answered)) return false;
  return at === null || at.equals.includes(valueAt(body, at.pointer));
}
