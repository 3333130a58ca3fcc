/** What a stub does wrong. Counts are of requests of that method since the start. */
export interface Faults {
  /** The effect happens, the connection breaks before the answer: on every nth request of the method. */
  readonly losePostEvery?: number;
  readonly losePatchEvery?: number;
  readonly losePutEvery?: number;
  readonly loseDeleteEvery?: number;
  readonly loseGetEvery?: number;
  /** Instead of doing anything: on every nth request that writes. */
  readonly refuseEvery?: number;
  readonly refuseWith?: 429 | 500 | 503 | 401 | 400 | 403 | 405 | 409 | 422 | 501;
  /** Refuses only this method, also GET. */
  readonly refuseMethod?: string;
  /** `Retry-After` of a refusal: seconds, or a date so many seconds ahead. */
  readonly retryAfterSeconds?: number;
  readonly retryAfterAsDate?: boolean;
  /** 201 with half a body: on every nth POST. */
  readonly truncateEvery?: number;
  readonly delayMs?: number;
  /** Every request meets the 404 of a gateway that knows no such address. */
  readonly notHere?: boolean;
  /** Only requests whose path begins so (`/scim/v2/Users`), or has this part. */
  readonly path?: string;
  readonly pathPart?: string;
}

export interface FaultyAnswer {
  readonly lose: boolean;
  readonly truncate: boolean;
  readonly delayMs: number;
  readonly instead: { readonly status: number; readonly headers: Record<string, string> } | null;
}

export function answerFor(faults: Faults, method: string, url: string, nth: number): FaultyAnswer {
  const here = url.startsWith(faults.path ?? '') && url.includes(faults.pathPart ?? '');
  const every = (n: number | undefined): boolean => here && n !== undefined && n > 0 && nth % n === 0;
  const meant = faults.refuseMethod === undefined ? method !== 'GET' : method === faults.refuseMethod;
  const refused = meant && every(faults.refuseEvery);
  return {
    lose: every(lostEvery(faults, method)),
    truncate: method === 'POST' && every(faults.truncateEvery),
    delayMs: here ? (faults.delayMs ?? 0) : 0,
    instead: refused ? { status: faults.refuseWith ?? 503, headers: retryAfter(faults) } : null,
  };
}

function lostEvery(faults: Faults, method: string): number | undefined {
  const { losePostEvery: POST, losePatchEvery: PATCH, losePutEvery: PUT, loseDeleteEvery: DELETE } = faults;
  const every: Readonly<Record<string, number | undefined>> = { POST, PATCH, PUT, DELETE, GET: faults.loseGetEvery };
  return every[method];
}

function retryAfter({ retryAfterSeconds, retryAfterAsDate }: Faults): Record<string, string> {
  if (retryAfterSeconds === undefined) return {};
  const date = new Date(Date.now() + retryAfterSeconds * 1000).toUTCString();
  return { 'retry-after': retryAfterAsDate === true ? date : String(retryAfterSeconds) };
}
