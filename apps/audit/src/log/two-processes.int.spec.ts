import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { close } from '#libs/service-kit/http/http-server.js';
import { witnessKey } from '#libs/witness/witness-key.js';
import { witnessServer } from '#libs/witness/witness-server.js';
import { auditUnderTest, type AuditUnderTest } from '../audit-under-test.fixtures.js';
import { hire, minute, Story } from './messages.fixtures.js';

async function listening(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('two processes that sign one log, as during a rolling update', () => {
  let t: AuditUnderTest;
  /** The same witness; it looks at the first checkpoint that comes this way only when `before` is done. */
  let slowly: string;
  let before = (): Promise<void> => Promise.resolve();
  const servers: Server[] = [];

  beforeAll(async () => {
    const dir = mkdtempSync(join(tmpdir(), 'witness-'));
    const { signer, vkey } = witnessKey(dir, 'witness.example/w1');
    const witness = witnessServer({ dir, signer, vkey, logs: 'first', nowMs: () => Date.parse(minute(0)) });
    const slow = createServer((request, response) => {
      const wait = request.method === 'POST' ? before() : Promise.resolve();
      void wait.then(() => witness.emit('request', request, response));
    });
    servers.push(witness, slow);
    t = await auditUnderTest({ CHECKPOINT_WITNESS: `${await listening(witness)}#${vkey}` });
    slowly = `${await listening(slow)}#${vkey}`;
  });
  afterAll(async () => {
    await t.close();
    for (const server of servers) await close(server, 100);
  });

  const signed = async (): Promise<number> => Number((await t.ask('/audit/v1/checkpoint')).text.split('\n')[1]);

  it('start both: the one whose length was overtaken on its way to the witness signs the log as it is now', async () => {
    await t.publish(minute(3), hire(new Story('ada')));
    expect(await signed()).toBe(6);
    let overtaken = false;
    before = async () => {
      if (overtaken) return;
      overtaken = true;
      await t.publish(minute(5), hire(new Story('bob')));
      expect(await signed()).toBe(12);
    };
    const stop = await t.beside({ CHECKPOINT_WITNESS: slowly });
    expect(overtaken).toBe(true);
    await stop();
    await t.publish(minute(7), hire(new Story('cid')));
    expect(await signed()).toBe(18);
  });
});
