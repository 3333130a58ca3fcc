import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A statement that is held on its way to the database: its sender has read everything it decides on. */
export interface HeldStatement {
  /** Resolves when the statement has arrived. */
  readonly arrived: Promise<void>;
  /** Lets it pass. */
  release(): void;
}

export interface StatementGate {
  /** The same database, by way of the gate. */
  readonly url: string;
  /** Holds the next statement whose text matches; those after it pass. */
  hold(text: RegExp): HeldStatement;
  close(): Promise<void>;
}

interface Hold {
  readonly text: RegExp;
  readonly released: Promise<void>;
  arrive(): void;
}

/**
 * A way to PostgreSQL that can hold single statements, to put a barrier between what a work loads and what it commits.
 * It reads the client's messages (PostgreSQL manual §54.7): Parse names a statement, Bind runs it.
 */
export async function statementGate(url: string): Promise<StatementGate> {
  const target = new URL(url);
  const holds: Hold[] = [];
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const texts = new Map<string, string>();
    let pending: Buffer = Buffer.alloc(0);
    let started = false;
    let passing = Promise.resolve();
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.on('data', (piece) => client.write(piece));
    client.on('data', (piece) => {
      pending = Buffer.concat([pending, piece]);
      for (;;) {
        // The first message of a connection has no type.
        const head = started ? 1 : 0;
        if (pending.length < head + 4) return;
        const length = head + pending.readInt32BE(head);
        if (pending.length < length) return;
        const message = pending.subarray(0, length);
        pending = pending.subarray(length);
        const held = started ? heldBy(message, texts, holds) : undefined;
        started = true;
        // Messages of one connection keep their order, also behind a held one.
        passing = passing.then(async () => {
          held?.arrive();
          await held?.released;
          upstream.write(message);
        });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: through.href,
    hold: (text) => {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      holds.push({ text, released: released.promise, arrive: arrived.resolve });
      return { arrived: arrived.promise, release: released.resolve };
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The hold that this message meets; it is taken off the list. */
function heldBy(message: Buffer, texts: Map<string, string>, holds: Hold[]): Hold | undefined {
  const type = String.fromCharCode(message.readUInt8(0));
  if (type !== 'P' && type !== 'B') return undefined;
  const [first = '', second = ''] = message.subarray(5).toString('latin1').split('\0', 2);
  if (type === 'P') {
    texts.set(first, second);
    return undefined;
  }
  // Bind: the portal, then the statement it runs.
  const text = texts.get(second) ?? '';
  const at = holds.findIndex((hold) => hold.text.test(text));
  return at === -1 ? undefined : holds.splice(at, 1)[0];
}
