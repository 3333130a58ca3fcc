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

const current = new AsyncLocalStorage<string>();

/** Runs `work`, whose calls to applications carry this context. */
export async function traced<T>(correlationId: string, parentId: string, work: () => Promise<T>): Promise<T> {
  const context = traceparentOf(correlationId, parentId);
  return context === null ? await work() : await current.run(context, work);
}

/** The header for a call of the work under way; empty where there is none. */
export function traceHeaders(): { readonly traceparent?: string } {
  const traceparent = current.getStore();
  return traceparent === undefined ? {} : { traceparent };
}
