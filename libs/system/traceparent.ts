import { AsyncLocalStorage } from 'node:async_hooks';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * W3C Trace Context of an effect: the trace is the correlation id, which is constant from the HR record or request to the
 * entry of the log; the parent is the end of the id of the message or fact that led here. Null for ids that are no UUIDs.
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function traceparentOf(correlationId: string, parentId: string): string | null {
  const [trace, parent] = [correlationId.toLowerCase(), parentId.toLowerCase()];
  if (!uuid.test(trace) || !uuid.test(parent)) return null;
  return `00-${trace.replaceAll('-', '')}-${parent.replaceAll('-', '').slice(16)}-01`;
}

/** What the work under way belongs to. */
interface Trace {
  readonly traceparent: string | null;
  /** Null in a request that has caused nothing yet. */
  correlationId: string | null;
}

const current = new AsyncLocalStorage<Trace>();

/** Runs `work`, whose calls to applications and log lines carry this context. */
export async function traced<T>(correlationId: string, parentId: string, work: () => Promise<T>): Promise<T> {
  const traceparent = traceparentOf(correlationId, parentId);
  return traceparent === null ? await work() : await current.run({ traceparent, correlationId }, work);
}

/** Runs what answers a request; its log lines carry the correlation id of what it causes. */
export const tracedRequest = (answer: () => void): void =>
  current.run({ traceparent: null, correlationId: null }, answer);

/** The request under way begins a chain of effects. Of several the first is noted. */
export function noteCorrelation(correlationId: string): void {
  const trace = current.getStore();
  if (trace !== undefined) trace.correlationId ??= correlationId;
}

/** For a log line of the work under way; empty where there is none. */
export function correlation(): { readonly correlationId?: string } {
  const correlationId = current.getStore()?.correlationId ?? null;
  return correlationId === null ? {} : { correlationId };
}

/** The header for a call of the work under way; empty where there is none. */
export function traceHeaders(): { readonly traceparent?: string } {
  const traceparent = current.getStore()?.traceparent ?? null;
  return traceparent === null ? {} : { traceparent };
}
