/** What the test of a connector promises, in the order in which it is found out. */
const promises = [
  ['address', 'The name of the host leads to an address that connectors may call'],
  ['connection', 'The host answers, with a certificate that is trusted'],
  ['path', 'The address is that of a SCIM service'],
  ['credentials', 'The credentials are accepted'],
  ['scope', 'The credentials may read users'],
  ['clock', 'The clocks of the hub and of the application agree'],
  ['search', 'A search for a name that nobody has finds nobody'],
  ['place', 'Accounts that the hub knows are there'],
  ['mapping', 'The application has every attribute that the mapping writes'],
] as const;

export type CheckName = (typeof promises)[number][0];

/** One promise, and whether it holds. */
export interface Check {
  readonly name: CheckName;
  readonly promise: string;
  readonly outcome: 'passed' | 'failed' | 'warning' | 'not-checked';
  /** What is wrong, and what to change. */
  readonly detail: string;
}

/** What a test ended with: `ok`, or a stable code. */
export interface Finding {
  readonly code: string;
  readonly detail: string;
}

/** Which promise each code breaks. A code that is not here is about the connection. */
const brokenBy: Readonly<Record<string, CheckName>> = {
  dns: 'address',
  'address-refused': 'address',
  tls: 'connection',
  'secret-missing': 'credentials',
  auth: 'credentials',
  scope: 'scope',
  clock: 'clock',
  'wrong-address': 'path',
  'not-a-list': 'path',
  redirected: 'path',
  'look-up-unreliable': 'search',
  'look-up-refused': 'search',
  'place-unproven': 'place',
};

/** Every code that a test ends with, but those of failures without an answer. */
export const testCodes: readonly string[] = ['ok', ...Object.keys(brokenBy), 'throttled', 'unavailable'];

/** Every promise in order: those before the broken one are kept, those after it were not looked at. */
export function checksOf(finding: Finding, notes: Partial<Readonly<Record<CheckName, string | undefined>>>): Check[] {
  const broken = finding.code === 'ok' ? null : (brokenBy[finding.code] ?? 'connection');
  const at = broken === null ? promises.length : promises.findIndex(([name]) => name === broken);
  return promises.map(([name, promise], index) => {
    if (name === broken) return { name, promise, outcome: 'failed', detail: finding.detail };
    const note = notes[name];
    if (index > at) return { name, promise, outcome: 'not-checked', detail: '' };
    return note === undefined
      ? { name, promise, outcome: 'passed', detail: '' }
      : { name, promise, outcome: 'warning', detail: note };
  });
}

/** Names that could not be resolved. @see getaddrinfo(3) */
const nameErrors = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA']);

/** What a failure without an answer means. @param detail the code of the operating system or of TLS */
export function unanswered(code: string, detail: string): Finding {
  if (nameErrors.has(detail))
    return {
      code: 'dns',
      detail: `the name of the host does not resolve (${detail}): correct baseUrl, or the hub's DNS`,
    };
  if (/CERT|SSL|TLS|SIGNED|UNABLE_TO|HOSTNAME/.test(detail)) return { code: 'tls', detail: tlsMend(detail) };
  const mend =
    'check that the host is up, that its port is open to the hub, and that a proxy is named where one is needed';
  return { code, detail: `no answer came (${detail === '' ? code : detail}): ${mend}` };
}

function tlsMend(detail: string): string {
  if (detail === 'CERT_NOT_YET_VALID')
    return `the certificate is not valid yet (${detail}): correct the clock of the hub's machine, or renew the certificate`;
  if (detail === 'CERT_HAS_EXPIRED')
    return `the certificate has expired (${detail}): renew it, or correct the clock of the hub's machine`;
  if (detail === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate is for another name (${detail}): give the name that it has in baseUrl`;
  if (/SSL|ALERT|HANDSHAKE/.test(detail))
    return `the host does not speak TLS as expected (${detail}): check the port in baseUrl, and whether it asks for a client certificate`;
  return `the certificate is not trusted (${detail}): name the authority that signed it in egress.ca`;
}

/** More than that apart, tokens that carry a time are refused. */
const mostSkewSeconds = 120;

/** By how many seconds the application's clock differs, where that matters; null where it does not. */
export function skewSeconds(date: string | null, nowMs: number): number | null {
  const atMs = date === null ? NaN : Date.parse(date);
  const skew = Math.round((atMs - nowMs) / 1_000);
  return Number.isNaN(skew) || Math.abs(skew) <= mostSkewSeconds ? null : skew;
}
