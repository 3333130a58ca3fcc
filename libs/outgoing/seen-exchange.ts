import { AsyncLocalStorage } from 'node:async_hooks';

/** One call as it went out, and its answer, without credentials. */
export interface SeenExchange {
  readonly method: string;
  readonly path: string;
  /** Null: none, or one that carries changes of several people. */
  readonly body: string | null;
  /** Null where no whole answer came, or nothing was sent. */
  readonly status: number | null;
  readonly answer: string | null;
}

const current = new AsyncLocalStorage<(exchange: SeenExchange) => void>();

/** Runs work whose calls to applications are told to `see`. */
export const watched = <T>(see: (exchange: SeenExchange) => void, work: () => Promise<T>): Promise<T> =>
  current.run(see, work);

/** Told of each call of the work under way; undefined where nobody watches it. */
export const watcher = (): ((exchange: SeenExchange) => void) | undefined => current.getStore();

const mask = '***';
const secretName = /password|passwd|secret|token|credential/i;

/** A body for people to read: values whose names say that they are secret are masked. */
export function withoutSecrets(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body, masked));
  } catch {
    return body;
  }
}

/** An operation of a PATCH names its attribute beside its value. */
function masked(name: string, value: unknown): unknown {
  if (secretName.test(name) && value !== null && typeof value !== 'object') return mask;
  if (typeof value !== 'object' || value === null || !('path' in value) || !('value' in value)) return value;
  return typeof value.path === 'string' && secretName.test(value.path) ? { ...value, value: mask } : value;
}
