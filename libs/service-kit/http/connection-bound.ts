import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The stage of a connection's newest request; connections in earlier stages are ended first. */
const stages = ['no-request', 'body-arriving', 'answering'] as const;
type Stage = (typeof stages)[number];

/**
 * Limits the connections of one address. One more ends the oldest connection without a whole request; if all are being
 * answered, the new one is ended. So half-sent requests cannot block other clients, even with the same proxy.
 */
export class ConnectionBound {
  /** Of each address, oldest first. */
  private readonly open = new Map<string, Map<Socket, Stage>>();

  constructor(private readonly perAddress: number) {}

  admit(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const sockets = this.open.get(address) ?? new Map<Socket, Stage>();
    if (sockets.size >= this.perAddress) {
      const ended = minNeeded(sockets);
      if (ended === null) {
        socket.destroy();
        return;
      }
      sockets.delete(ended);
      ended.destroy();
    }
    this.open.set(address, sockets.set(socket, 'no-request'));
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0 && this.open.get(address) === sockets) this.open.delete(address);
    });
  }

  /** Follows a request of an admitted connection until it is answered. */
  follow(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const sockets = this.open.get(socket.remoteAddress ?? '');
    const reach = (stage: Stage): void => {
      if (sockets?.has(socket) === true) sockets.set(socket, stage);
    };
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    const hasBody = encoding !== undefined || length !== '0';
    reach(hasBody ? 'body-arriving' : 'answering');
    if (hasBody) request.once('end', () => reach('answering'));
    response.once('close', () => reach('no-request'));
  }
}

function minNeeded(sockets: ReadonlyMap<Socket, Stage>): Socket | null {
  for (const stage of stages.slice(0, 2)) {
    const [found] = [...sockets].find((entry) => entry[1] === stage) ?? [];
    if (found !== undefined) return found;
  }
  return null;
}
