import type { FailureClass, FailureTerms } from './failure.js';

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Decoded as UTF-8; what is not becomes U+FFFD. */
  readonly text: string;
  /** False when bytes were replaced, so that no id in `text` is what was sent. */
  readonly isUtf8: boolean;
}

const longestRetryAfterMs = 3_600_000;
export const longestDetail = 500;

/** Cleans a text and cuts it to this number of characters. */
export type Words = (text: string, most: number) => string;

/** Some applications say so with 403, too. */
const throttled = ['throttled', 'throttled'] as const;
const tooLarge = ['validation', 'too-large'] as const;

/**
 * What each refusal means. Only 401 is about the credentials by itself; 403 is about one object, unless reading is refused, too.
 * @see RFC 7644 §3.12
 */
const meanings: Readonly<Record<number, readonly [FailureClass, string]>> = {
  401: ['auth', 'auth'],
  402: ['validation', 'payment-required'],
  403: ['validation', 'forbidden'],
  404: ['gone', 'gone'],
  405: ['validation', 'unsupported'],
  408: ['transient', 'timeout'],
  409: ['conflict', 'conflict'],
  410: ['gone', 'gone'],
  412: ['validation', 'changed-meanwhile'],
  413: tooLarge,
  425: ['transient', 'unavailable'],
  429: throttled,
  501: ['validation', 'unsupported'],
};

/**
 * What a refusing answer means; null for 2xx.
 *
 * @param write whether the call would have changed something: only then can its effect be unknown
 * @param nowMs for a `Retry-After` that is a date
 * @param words cleans text from outside, so that it can be stored
 */
export function failureOf(answer: Answer, write: boolean, nowMs: number, words: Words): FailureTerms | null {
  const { status } = answer;
  if (status >= 200 && status < 300) return null;
  const askedMs = retryAfterMs(answer.headers['retry-after'], nowMs);
  const [kind, code] = meaningOf(answer, askedMs);
  // A 5xx of a gateway says nothing about the application, and a redirect may be sent after an effect. 501 is sent before any effect.
  const unknown = write && (status < 400 || status === 408 || (status >= 500 && status !== 501));
  return {
    class: kind,
    code,
    status,
    effectUnknown: unknown,
    retryAfterMs: askedMs,
    detail: words(detailOf(answer.text), longestDetail),
  };
}

/** What was asked for is more than the application takes at once. @see RFC 7644 §3.12 (`tooMany`) */
export function isTooLarge({ status, text }: Pick<Answer, 'status' | 'text'>): boolean {
  return status === 413 || (status === 400 && errorIn(text).scimType === 'tooMany');
}

function meaningOf(answer: Answer, askedMs: number | null): readonly [FailureClass, string] {
  const { status } = answer;
  if (status === 403 && askedMs !== null) return throttled;
  const known = isTooLarge(answer) ? tooLarge : meanings[status];
  if (known !== undefined) return known;
  if (status >= 500) return ['transient', 'unavailable'];
  // Redirects are never followed: the address of the connector is wrong. The hub waits until a person corrects it.
  if (status < 400) return ['transient', 'redirected'];
  return ['validation', 'validation'];
}

/** Whole seconds or an HTTP-date (RFC 9110 §10.2.3) as milliseconds from now, at most an hour; null for anything else. */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (text === undefined || text === '') return null;
  // A date begins with its weekday; Date.parse also takes "-5" and "1.5" for one.
  const date = /^[A-Z][a-z]+,? /.test(text) ? Date.parse(text) - nowMs : NaN;
  const ms = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : date;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestRetryAfterMs);
}

/** `detail` and `scimType` of a SCIM error (RFC 7644 §3.12), else the beginning of the text. */
function detailOf(text: string): string {
  const { scimType, detail } = errorIn(text);
  const parts = [scimType, detail].filter((part) => typeof part === 'string' && part !== '');
  return parts.length > 0 ? parts.join(': ') : text;
}

/** An error as SCIM has it; nothing where the text is none. */
function errorIn(text: string): { readonly scimType?: unknown; readonly detail?: unknown } {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

/** Codes of failures by which an application refuses a call for good: what was sent has to change, or a person to decide. */
export const refusalCodes = [
  'forbidden',
  'payment-required',
  'unsupported',
  'validation',
  'not-found',
  'changed-meanwhile',
  'too-large',
] as const;
