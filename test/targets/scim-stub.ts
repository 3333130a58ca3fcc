import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { answerFor, type Faults } from './scim-stub-faults.js';
import { StubDirectory, type StubGroup, type StubUser } from './scim-stub-directory.js';

export interface StubOptions {
  readonly token: string;
  readonly port?: number;
  readonly faults?: Faults;
}

export interface StubRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers?: IncomingHttpHeaders;
}

/** An answer that the stub sends in place of its usual one. */
export interface StubReply {
  readonly status: number;
  /** Sent as JSON when it is an object; as it is when it is text or bytes; nothing when left out. */
  readonly body?: object | string | Buffer | null;
  readonly headers?: Record<string, string>;
}

export interface ScimStub {
  readonly port: number;
  /** What a connector takes as its base URL. */
  readonly baseUrl: string;
  /** Changes what it does wrong from now on. */
  faults: Faults;
  /** Answers in the stub's place, or returns null. `usual` does what was asked and returns the answer to it. */
  reply: (request: StubRequest, usual: () => StubReply) => StubReply | null;
  /** Told of every request before it is answered. */
  onRequest: (method: string, url: string) => void;
  readonly counters: Record<string, number>;
  /** Everything it holds, creation by creation: two accounts of one person are two entries. */
  dump(): { users: StubUser[]; groups: StubGroup[] };
  readonly directory: StubDirectory;
  stop(): Promise<void>;
}

/**
 * A SCIM 2.0 application that answers at once and enforces nothing: no unique userName, no unique externalId, no unique
 * membership, so that whatever the hub does twice is there twice.
 */
export async function startScimStub({ token, port = 0, faults = {} }: StubOptions): Promise<ScimStub> {
  const directory = new StubDirectory();
  const counters: Record<string, number> = {};
  const count = (name: string): number => (counters[name] = (counters[name] ?? 0) + 1);
  const state: Pick<ScimStub, 'faults' | 'onRequest' | 'reply'> = {
    faults,
    onRequest: () => undefined,
    reply: () => null,
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await read(request);
    const { method = 'GET', url = '/' } = request;
    if (url.startsWith('/_control')) return control(method, url, body, response);
    if (request.headers.authorization !== `Bearer ${token}`) {
      count('unauthorized');
      return send(response, 401, scimError(401, 'who are you'));
    }
    state.onRequest(method, url);
    if (state.faults.notHere === true)
      return void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>no such place</h1>');
    const nth = count(method);
    const fault = answerFor(state.faults, method, url, nth);
    if (fault.delayMs > 0) await new Promise((done) => setTimeout(done, fault.delayMs));
    if (fault.instead !== null) {
      count(`faults.${fault.instead.status}`);
      const { status, headers } = fault.instead;
      return send(response, status, scimError(status, 'not now'), headers);
    }
    const usual = (): StubReply => directory.answer(method, url, body);
    const answer = state.reply({ method, url, body, headers: request.headers }, usual) ?? usual();
    if (fault.lose) {
      count('faults.lost');
      return void response.destroy();
    }
    if (fault.truncate && answer.status === 201) {
      count('faults.truncated');
      const text = JSON.stringify(answer.body);
      return void response.writeHead(201, { 'content-type': 'application/scim+json' }).end(text.slice(0, 20));
    }
    send(response, answer.status, answer.body ?? null, answer.headers);
  };

  const control = (method: string, url: string, body: string, response: ServerResponse): void => {
    if (url === '/_control/dump') return send(response, 200, { ...directory.dump(), counters });
    if (url === '/_control/faults' && method === 'PUT') state.faults = JSON.parse(body) as Faults;
    else if (url === '/_control/reset' && method === 'POST') directory.reset();
    else if (url !== '/_control/health') return send(response, 404, {});
    send(response, 200, state.faults);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => send(response, 500, scimError(500, String(error))));
  });
  server.keepAliveTimeout = 60_000;
  const bound = await listen(server, port);
  return {
    port: bound,
    baseUrl: `http://127.0.0.1:${bound}/scim/v2`,
    get faults() {
      return state.faults;
    },
    set faults(next: Faults) {
      state.faults = next;
    },
    get reply() {
      return state.reply;
    },
    set reply(reply: ScimStub['reply']) {
      state.reply = reply;
    },
    set onRequest(listener: ScimStub['onRequest']) {
      state.onRequest = listener;
    },
    counters,
    directory,
    dump: () => directory.dump(),
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function read(request: IncomingMessage): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => done(text));
    request.on('error', failed);
  });
}

function scimError(status: number, detail: string): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail };
}

function send(
  response: ServerResponse,
  status: number,
  body: object | string | Buffer | null,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  if (body === null) return void response.writeHead(status, headers).end();
  const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const all = {
    'content-type': 'application/scim+json',
    'content-length': String(Buffer.byteLength(raw)),
    ...headers,
  };
  response.writeHead(status, all).end(raw);
}
