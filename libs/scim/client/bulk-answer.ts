import type { Answer } from '#libs/outgoing/classify.js';
import { own } from './attribute-path.js';
import type { Request } from './request.js';

/**
 * What a Bulk answer says of each operation, as if it had been answered alone (RFC 7644 §3.7.3); null for one that it does not
 * mention. Operations are told apart by `bulkId`, which was their position; where an answer has none, by the resource.
 */
export function operationAnswers(requests: readonly Request[], answer: Answer): (Answer | null)[] {
  const operations = operationsIn(answer.text);
  const byId = new Map(operations.map((one) => [own(one, 'bulkId'), one]));
  const byPath = (path: string): unknown =>
    operations.find((one) => own(one, 'bulkId') === undefined && locationOf(one).endsWith(path));
  return requests.map((request, index) => {
    const found = byId.get(String(index)) ?? (request.method === 'POST' ? undefined : byPath(request.path));
    return found === undefined ? null : answerOf(request, found, answer);
  });
}

function operationsIn(text: string): readonly unknown[] {
  try {
    const listed = own(JSON.parse(text), 'Operations');
    return Array.isArray(listed) ? (listed as unknown[]) : [];
  } catch {
    return [];
  }
}

function answerOf({ method }: Request, operation: unknown, { isUtf8, headers }: Answer): Answer | null {
  const status = statusOf(own(operation, 'status'));
  if (status === null) return null;
  const shown = own(operation, 'response');
  const isDone = status >= 200 && status < 300;
  const isShown = typeof shown === 'object' && shown !== null;
  const said = isShown ? shown : isDone && method === 'POST' ? madeAt(operation) : null;
  const text = said === null ? '' : JSON.stringify(said);
  return { status, headers: { ...headers, 'content-type': 'application/scim+json' }, text, isUtf8 };
}

/** `"201"`, `201`, or as some drafts had it `{"code": "201"}`. */
function statusOf(value: unknown): number | null {
  const text = typeof value === 'object' ? own(value, 'code') : value;
  const status = Number(text);
  return Number.isInteger(status) && status >= 100 && status < 600 ? status : null;
}

const locationOf = (operation: unknown): string => {
  const location = own(operation, 'location');
  return typeof location === 'string' ? location : '';
};

/** A resource that was made and is not shown: its id is the end of its address. */
function madeAt(operation: unknown): object | null {
  const last = /\/([^/?#]+)\/?$/.exec(locationOf(operation))?.[1];
  try {
    return last === undefined ? null : { id: decodeURIComponent(last) };
  } catch {
    return null;
  }
}
