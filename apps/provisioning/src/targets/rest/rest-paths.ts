import { EvaluationError } from '#libs/mapping/expression.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import type { RequestTemplate } from './rest-requests.js';
import type { Sources } from './template.js';

/** The path of an address below the base URL; null for one elsewhere. */
export function pathBelow(baseUrl: string, address: string): string | null {
  const base = new URL(`${baseUrl.replace(/\/+$/, '')}/`);
  if (!URL.canParse(address, base.href)) return null;
  const url = new URL(address, base);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return null;
  return `${url.pathname.slice(base.pathname.length - 1)}${url.search}`;
}

/** Each value is one part of the path: it cannot lead to another one. */
export function pathOf({ path }: RequestTemplate, sources: Sources): string {
  return path.text(sources, (text) => {
    if (text === '' || text === '.' || text === '..') throw new EvaluationError(`"${text}" is no part of a path`, 0);
    return encodeURIComponent(text);
  });
}

/** The same path with this parameter. */
export function withParameter(path: string, name: string, value: string): string {
  const [at = '', query = ''] = path.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return `${at}?${parameters.toString()}`;
}

/** An expression that gives no value: nothing was sent. */
export function filled<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const nothingSent = { status: null, effectUnknown: false, retryAfterMs: null, detail: error.message };
    throw new CallFailure({ class: 'validation', code: 'template-failed', ...nothingSent }, { cause: error });
  }
}
