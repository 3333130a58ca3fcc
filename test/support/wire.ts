import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What passes at present: everything, nothing, or what is asked but not what is answered. */
type Passing = 'all' | 'nothing' | 'questions';

export interface Wire {
  /** The same address, by way of the wire. */
  readonly url: string;
  /** Connections are still taken, and stay open, and nothing comes back; what is held goes on its way with `mend`. */
  hang(passing?: Exclude<Passing, 'all'>): void;
  mend(): void;
  close(): Promise<void>;
}

/** A wire to a server that can be made to hang. @param url of the server, with its port */
export async function wireTo(url: string): Promise<Wire> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let passing: Passing = 'all';
  let held: (() => void)[] = [];

  function pump(from: Socket, to: Socket, passes: () => boolean): void {
    sockets.add(from);
    const inOrder = (act: () => void): void => void (passes() ? act() : held.push(act));
    from.on('data', (piece) => inOrder(() => to.write(piece)));
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      inOrder(() => to.end());
    });
  }

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    pump(client, upstream, () => passing !== 'nothing');
    pump(upstream, client, () => passing === 'all');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: through.href,
    hang: (what = 'nothing') => void (passing = what),
    mend: () => {
      passing = 'all';
      const late = held;
      held = [];
      for (const act of late) act();
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
