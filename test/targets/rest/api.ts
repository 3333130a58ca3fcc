import { createServer, type IncomingMessage } from 'node:http';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** Decoded parts of the path that the route names. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where this server is, as it was called. */
  readonly origin: string;
}

export interface ApiReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `GET /users/:user` and what answers it. */
export type Routes = Readonly<Record<string, (request: ApiRequest) => ApiReply>>;

export interface RunningApi {
  readonly port: number;
  stop(): Promise<void>;
}

interface Refusals {
  readonly unauthorized: ApiReply;
  readonly unknownPath: ApiReply;
}

/** A request as it arrives. */
export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** Finds the route of a request, and answers it. @param origin of the server, as it was called */
export function routed(
  routes: Routes,
  { unknownPath }: Pick<Refusals, 'unknownPath'>,
): (request: RawRequest, origin: string) => ApiReply {
  const compiled = Object.entries(routes).map(([route, answer]) => {
    const [method = '', path = ''] = route.split(' ');
    const pattern = path.replace(/[.$()]/g, '\\$&').replace(/:[a-z]+/g, '([^/]+)');
    return { method, pattern: new RegExp(`^${pattern}$`), answer };
  });
  return ({ method, url, body: text }, origin) => {
    const { pathname, searchParams: query } = new URL(url, origin);
    for (const one of compiled) {
      const found = one.method === method ? one.pattern.exec(pathname) : null;
      if (found === null) continue;
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      return one.answer({ method, path: pathname, parts: found.slice(1).map(decodeURIComponent), query, body, origin });
    }
    return unknownPath;
  };
}

/** Serves an application's own API. @param refusals what it answers to an unknown token and an unknown path */
export async function serveApi(routes: Routes, token: string, refusals: Refusals): Promise<RunningApi> {
  const answerTo = routed(routes, refusals);
  const answered = async (request: IncomingMessage): Promise<ApiReply> => {
    if (request.headers.authorization !== `Bearer ${token}`) return refusals.unauthorized;
    const { method = 'GET', url = '/' } = request;
    return answerTo({ method, url, body: await textOf(request) }, `http://${request.headers.host ?? ''}`);
  };
  const server = createServer((request, response) => {
    void answered(request).then(({ status, body, headers = {} }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** What an API's own tables hold, in the order in which it came. */
export class Table<Row extends { readonly id: string }> {
  private readonly rows = new Map<string, Row>();
  private count = 0;

  /** @param prefix of its ids */
  constructor(private readonly prefix: string) {}

  nextId(): string {
    this.count += 1;
    return `${this.prefix}${this.count}`;
  }

  put(row: Row): Row {
    this.rows.set(row.id, row);
    return row;
  }

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  remove(id: string): boolean {
    return this.rows.delete(id);
  }

  get all(): readonly Row[] {
    return [...this.rows.values()];
  }
}

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => done(text));
    request.on('error', failed);
  });
}
