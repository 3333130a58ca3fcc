import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { close } from '#libs/service-kit/http/http-server.js';
import { witnessKey } from '#libs/witness/witness-key.js';
import { witnessServer } from '#libs/witness/witness-server.js';
import { minute } from './messages.fixtures.js';

/** One witness at two addresses, as `CHECKPOINT_WITNESS` takes them. */
export interface SlowWitness {
  readonly address: string;
  /** What comes this way is looked at only when `before` is done. */
  readonly slowAddress: string;
  before: () => Promise<void>;
  close(): Promise<void>;
}

export async function slowWitness(): Promise<SlowWitness> {
  const dir = mkdtempSync(join(tmpdir(), 'witness-'));
  const { signer, vkey } = witnessKey(dir, 'witness.example/w1');
  const witness = witnessServer({ dir, signer, vkey, logs: 'first', nowMs: () => Date.parse(minute(0)) });
  const slow = createServer((request, response) => {
    const wait = request.method === 'POST' ? slowly.before() : Promise.resolve();
    void wait.then(() => witness.emit('request', request, response));
  });
  const slowly: SlowWitness = {
    address: `${await listening(witness)}#${vkey}`,
    slowAddress: `${await listening(slow)}#${vkey}`,
    before: () => Promise.resolve(),
    close: async () => {
      for (const server of [witness, slow]) await close(server, 100);
    },
  };
  return slowly;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
