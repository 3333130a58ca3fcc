import { createHash } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { AddressGuard } from './address-guard.js';
import { callTimeoutMs } from './call-timeout.js';

/** A text that is read when it is needed: its file may change. @throws Error where there is none */
type Pem = () => string;

/** How calls leave for one host, beside the usual. */
export interface Egress {
  /** An authority that is trusted besides the public ones. */
  readonly ca?: Pem;
  /** What proves to the host who calls. */
  readonly certificate?: { readonly cert: Pem; readonly key: Pem };
  /** A proxy that connects to the host: `http://proxy.corp:3128`. It decides where a name leads. */
  readonly proxy?: string;
}

const connectTimeoutMs = 10_000;
const timeouts = { headersTimeout: callTimeoutMs, bodyTimeout: callTimeoutMs, keepAliveTimeout: 4_000 };

/** Connections to one host: addresses are checked when they are dialled. @throws AddressRefused for a literal that may not be called */
export function connectionsTo(url: URL, guard: AddressGuard, connections: number, egress: Egress): Dispatcher {
  guard.check(url);
  if (guard.proxy !== null || egress.proxy !== undefined) return throughProxy(guard, connections, egress);
  const connect = connectorWith(egress, {
    lookup: guard.lookup(url.protocol === 'http:'),
    timeout: connectTimeoutMs,
  });
  return new Pool(url.origin, { connections, pipelining: 1, ...timeouts, connect });
}

/** The proxy that the operator named is the one way out; one that a connector names must be an address that it may call. */
function throughProxy(guard: AddressGuard, connections: number, egress: Egress): Dispatcher {
  const proxy = new URL(guard.proxy ?? egress.proxy ?? '');
  if (guard.proxy === null) guard.check(proxy);
  const lookup = guard.proxy === null ? { lookup: guard.lookup(proxy.protocol === 'http:') } : {};
  return new ProxyAgent({
    uri: proxy.href,
    connections,
    pipelining: 1,
    proxyTunnel: true,
    ...timeouts,
    proxyTls: { ...lookup, timeout: connectTimeoutMs } as buildConnector.BuildOptions,
    requestTls: { ...materialOf(egress), timeout: connectTimeoutMs },
  });
}

/** Reads certificates at each dial: a new one counts from the next connection on, and none is cut off for it. */
function connectorWith(egress: Egress, options: buildConnector.BuildOptions): buildConnector.connector {
  let made: { readonly of: string; readonly dial: buildConnector.connector } | null = null;
  return (target, done) => {
    try {
      const material = materialOf(egress);
      const of = createHash('sha256').update(JSON.stringify(material)).digest('base64');
      if (made?.of !== of) made = { of, dial: buildConnector({ ...options, ...material }) };
      made.dial(target, done);
    } catch (error) {
      done(new CertificateMissing(error), null);
    }
  };
}

/** What TLS takes. */
interface Material {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

function materialOf({ ca, certificate }: Egress): Material {
  return {
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca()] }),
    ...(certificate === undefined ? {} : { cert: certificate.cert(), key: certificate.key() }),
  };
}

/** A certificate or key is not there, or is none: nothing was sent. */
class CertificateMissing extends Error {
  readonly code = 'ERR_TLS_CERTIFICATE_MISSING';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : 'a certificate cannot be read', { cause });
    this.name = 'CertificateMissing';
  }
}
