import {
  createServer,
  request as forward,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';

interface Answer {
  readonly status: number;
  readonly headers?: IncomingHttpHeaders;
  readonly body?: string;
}

export interface Passing {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** A stretch of network between a target and its application, on which answers are lost, and others can answer. */
export interface Between {
  readonly port: number;
  /** Every request that may change something, in order. */
  readonly writes: readonly Passing[];
  /** The next request that may change something takes effect, and its answer is lost. */
  loseNext(): void;
  /** The next request that may change something does not arrive: this is the answer to it. */
  answerNext(answer: Answer): void;
  /** Told of each reading before it goes on. */
  onReading: (passing: Passing) => void | Promise<void>;
  stop(): Promise<void>;
}

/** @param port of the application on this machine */
export async function between(port: number): Promise<Between> {
  const writes: Passing[] = [];
  let lose = false;
  let instead: Answer | null = null;
  const state: Pick<Between, 'onReading'> = { onReading: () => undefined };

  const handle = async (request: IncomingMessage): Promise<Answer | null> => {
    const passing = { method: request.method ?? 'GET', url: request.url ?? '/', body: await textOf(request) };
    if (passing.method === 'GET') {
      await state.onReading(passing);
      return await passedOn(port, passing, request.headers);
    }
    writes.push(passing);
    if (instead !== null) {
      const answer = instead;
      instead = null;
      return answer;
    }
    const answer = await passedOn(port, passing, request.headers);
    const isLost = lose;
    lose = false;
    return isLost ? null : answer;
  };

  const server: Server = createServer((request, response) => {
    handle(request).then(
      (answer) => {
        if (answer === null) return void response.destroy();
        response.writeHead(answer.status, answer.headers ?? { 'content-type': 'application/json' });
        response.end(answer.body ?? '');
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    writes,
    loseNext: () => (lose = true),
    answerNext: (answer) => (instead = answer),
    set onReading(listener: Between['onReading']) {
      state.onReading = listener;
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** With the name of the host as the target called it: an application may write addresses of its own with it. */
function passedOn(port: number, { method, url, body }: Passing, headers: IncomingHttpHeaders): Promise<Answer> {
  return new Promise((done, failed) => {
    const sent = forward({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
      const { statusCode: status = 0, headers: answered } = answer;
      const kept = Object.entries(answered).filter(([name]) => !['transfer-encoding', 'connection'].includes(name));
      textOf(answer).then((text) => done({ status, headers: Object.fromEntries(kept), body: text }), failed);
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

function textOf(message: IncomingMessage): Promise<string> {
  return new Promise((done, failed) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => done(Buffer.concat(chunks).toString()));
    message.on('error', failed);
  });
}
