import { callTimeoutMs } from './call-timeout.js';
import { isUtf8 } from 'node:buffer';
import type { Dispatcher } from 'undici';
import { traceHeaders } from '#libs/system/traceparent.js';
import { AddressRefused, type AddressGuard } from './address-guard.js';
import type { Answer } from './classify.js';
import { connectionsTo, type Egress } from './egress.js';
import { CallFailure } from './failure.js';
import { AnswerTooLarge, BodyReader } from './read-body.js';

export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds this call has left; {@link callTimeoutMs} unless given. */
  readonly withinMs?: number;
}

/** Codes of errors after which nothing can have left this machine. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  // The egress proxy cannot be reached.
  'UND_ERR_PRX_CONN',
  'UND_ERR_PRX_TLS',
  'UND_ERR_INVALID_ARG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERTIFICATE_MISSING',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

/** The host ends the handshake because of the certificate of the caller, or for the lack of one. */
const clientRefused =
  /^ERR_SSL_.*ALERT_(CERTIFICATE_REQUIRED|UNKNOWN_CA|HANDSHAKE_FAILURE|BAD_CERTIFICATE|CERTIFICATE_(EXPIRED|UNKNOWN|REVOKED))$/;

/** Calls to one host: connections kept, redirects never followed, addresses checked on every dial. */
export class HttpExchange {
  private readonly pool: Dispatcher;
  private readonly origin: string;
  private readonly bodies = new BodyReader();

  /** @throws AddressRefused when the host is an address literal that may not be called */
  constructor(url: URL, guard: AddressGuard, connections: number, egress: Egress = {}) {
    this.origin = url.origin;
    this.pool = connectionsTo(url, guard, connections, egress);
  }

  /** @throws CallFailure when no whole answer came */
  async send({ method, path, headers, body, withinMs = callTimeoutMs }: Outgoing): Promise<Answer> {
    const write = method !== 'GET';
    if (withinMs <= 0) throw failed('not-sent', false);
    const stopper = new AbortController();
    const timer = setTimeout(() => stopper.abort(timedOut), Math.min(withinMs, callTimeoutMs));
    let status: number | null = null;
    try {
      const sent = { ...headers, ...traceHeaders() };
      const options = { origin: this.origin, method, path, headers: sent, body: body ?? null, signal: stopper.signal };
      const answer = await this.pool.request(options);
      status = answer.statusCode;
      const bytes = await this.bodies.read(answer.body, stopper.signal, status >= 300);
      return { status, headers: answer.headers, text: decoder.decode(bytes), isUtf8: isUtf8(bytes) };
    } catch (error) {
      throw error instanceof AnswerTooLarge ? tooLarge(error, status, write) : failureFrom(error, write);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends every call under way, at once. */
  async destroy(): Promise<void> {
    await this.pool.destroy();
  }
}

const timedOut = new Error('no answer in time');

const decoder = new TextDecoder();

/** The answer was larger than the limit. */
function tooLarge(cause: AnswerTooLarge, status: number | null, write: boolean): CallFailure {
  const { message: detail } = cause;
  return new CallFailure(
    { class: 'transient', code: 'answer-too-large', status, effectUnknown: write, retryAfterMs: null, detail },
    { cause },
  );
}

function failureFrom(error: unknown, write: boolean): CallFailure {
  if (error === timedOut) return failed('timeout', write, error);
  if (error instanceof AddressRefused) return failed('address-refused', false, error, error.message);
  const code = codeOf(error);
  if (unsent.has(code) || clientRefused.test(code)) return failed('unreachable', false, error, code);
  if (isRefusedByProxy(error, code)) return failed('unreachable', false, error, error.message);
  const timeout = code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
  return failed(timeout ? 'timeout' : 'reset', write, error, code);
}

/** The proxy did not open the connection (RFC 9110 §9.3.6); an answer that is cut off has the same code. */
const isRefusedByProxy = (error: unknown, code: string): error is Error =>
  code === 'UND_ERR_ABORTED' && error instanceof Error && error.message.startsWith('Proxy response');

function failed(code: string, effectUnknown: boolean, cause?: unknown, detail = ''): CallFailure {
  return new CallFailure(
    { class: 'transient', code, status: null, effectUnknown, retryAfterMs: null, detail },
    { cause },
  );
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
