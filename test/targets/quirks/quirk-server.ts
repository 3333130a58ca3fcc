import { createServer, type IncomingMessage } from 'node:http';
import { QuirkDirectory, type Reply, type Resource } from './quirk-directory.js';

export interface QuirkRequest {
  readonly method: string;
  /** Below the base address. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly directory: QuirkDirectory;
}

/** One way in which an application differs from the RFC. */
export interface Quirk {
  /** Row of the collected deviations of real servers, or the vendor's page. */
  readonly cites: string;
  /** Answers in place of the directory; null where it is not concerned. */
  instead?(request: QuirkRequest): Reply | null;
  /** Changes what the directory answered. */
  after?(reply: Reply, request: QuirkRequest): Reply;
}

export interface QuirkServer {
  readonly baseUrl: string;
  readonly directory: QuirkDirectory;
  /** The next answer to a request of this method is lost: what was asked for is done. */
  lose(method: string): void;
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

export const quirkToken = 'quirk-token';

/** A SCIM application with these deviations and no others. */
export async function startQuirkServer(quirks: readonly Quirk[]): Promise<QuirkServer> {
  const directory = new QuirkDirectory();
  const requests: string[] = [];
  let lost: string | null = null;
  const answer = async (message: IncomingMessage): Promise<Reply | 'lost'> => {
    const { method = 'GET', url = '/', headers } = message;
    const { pathname, searchParams } = new URL(url, 'http://quirks');
    requests.push(`${method} ${url}`);
    const text = await read(message);
    if (headers.authorization !== `Bearer ${quirkToken}`) return refused(401, 'the token is not known');
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    const request = { method, path: pathname.replace(/^\/scim/, ''), query: searchParams, headers, body, directory };
    const reply = replyTo(request, quirks);
    if (lost !== method) return reply;
    lost = null;
    return 'lost';
  };
  const server = createServer((message, response) => {
    answer(message).then(
      (reply) => {
        if (reply === 'lost') return void response.destroy();
        const { status, body, headers = {} } = reply;
        const text = body === null ? '' : JSON.stringify(body);
        response.writeHead(status, { 'content-type': 'application/scim+json', ...headers }).end(text);
      },
      (error: unknown) => void response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${port}/scim`,
    directory,
    requests,
    lose: (method) => (lost = method),
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function replyTo(request: QuirkRequest, quirks: readonly Quirk[]): Reply {
  for (const quirk of quirks) {
    const reply = quirk.instead?.(request) ?? null;
    if (reply !== null) return reply;
  }
  const usual = request.directory.answer(request);
  return quirks.reduce((reply, quirk) => quirk.after?.(reply, request) ?? reply, usual);
}

/** A refusal in SCIM's form. */
export function refused(status: number, detail: string): Reply {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  return { status, body: { schemas, status: String(status), detail } };
}

/** Operations of a PATCH. */
export const operationsOf = ({ method, body }: QuirkRequest): readonly Resource[] =>
  method === 'PATCH' && Array.isArray(body['Operations']) ? (body['Operations'] as Resource[]) : [];

export const filterOf = ({ query }: QuirkRequest): string => query.get('filter') ?? '';

async function read(message: IncomingMessage): Promise<string> {
  let text = '';
  message.setEncoding('utf8');
  for await (const chunk of message) text += chunk as string;
  return text;
}
