import { jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { describeOn, ownKafkaForTests } from '../support/kafka.js';
import { startPostgres } from '../support/postgres-server.js';
import { freePort, startProgram } from '../support/processes.js';

jest.setTimeout(180_000);

const kafka = await ownKafkaForTests();
const graceful = { code: 0, signal: null };
const ada = { givenName: 'Ada', familyName: 'Lovelace', email: 'ada@corp.example', hireDate: '2020-01-01' };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lifecycle-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

interface SilentBroker {
  readonly address: string;
  readonly connections: ReadonlySet<Socket>;
  close(): void;
}

/** Takes connections and never answers: what a broker behind a firewall, or one that hangs, looks like. */
async function silentBroker(): Promise<SilentBroker> {
  const connections = new Set<Socket>();
  const server: Server = createServer((socket) => {
    connections.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    close: () => {
      for (const socket of connections) socket.destroy();
      server.close();
    },
  };
}

const readiness = async (hub: HubUnderTest): Promise<{ status: number; findings: string }> => {
  const { status, body } = await hub.call<{ findings: string[] }>('GET', '/health/ready');
  return { status, findings: body.findings.join('; ') };
};

describe('SIGTERM', () => {
  it.each([
    ['before the database', 'hub.lock'],
    ['while the database is made', 'postgres'],
    ['while the services start', 'postgres.log'],
  ])('ends a start %s, and leaves nothing behind', async (_, sign) => {
    const env = { HUB_DATA_DIR: dir, PORT: String(await freePort()) };
    const hub = startProgram('apps/hub/src/main.js', [], env);
    await eventually(() => existsSync(join(dir, sign)), { everyMs: 1, timeoutMs: 60_000 });
    await hub.stop();
    expect(await hub.exited).toEqual(graceful);
    expect(await readdir(dir)).not.toContain('hub.lock');
    expect(existsSync(join(dir, 'postgres/postmaster.pid'))).toBe(false);
  });

  it('ends a start that waits for a broker which does not answer', async () => {
    const [broker, postgres] = await Promise.all([silentBroker(), startPostgres()]);
    try {
      await migrateDatabase(postgres.url);
      const service = startProgram('apps/governance/src/main.js', [], {
        DATABASE_URL: postgres.url,
        KAFKA_BROKERS: broker.address,
        HUB_DATA_DIR: dir,
        HUB_MASTER_KEY: Buffer.alloc(32, 5).toString('base64'),
        PORT: String(await freePort()),
      });
      await eventually(() => broker.connections.size > 0);
      await service.stop();
      expect(await service.exited).toEqual(graceful);
      expect(service.output()).toContain('stops before it has started');
    } finally {
      broker.close();
      await postgres.stop();
    }
  });

  it('is told by readiness while requests are still answered, for SHUTDOWN_DELAY seconds', async () => {
    const hub = await startHub({ SHUTDOWN_DELAY: '3' }, { dataDir: dir });
    const feed = await hub.token('feed', 'hr-feed', 'hr-operator');
    hub.child().process.kill('SIGTERM');
    await eventually(async () => (await readiness(hub)).status === 503, { everyMs: 5 });
    expect(await readiness(hub)).toMatchObject({ status: 503, findings: expect.stringMatching(/is stopping/) });
    const stated = await hub.call('PUT', '/hr/v1/workers/100', { token: feed, body: ada });
    expect([stated.status, stated.headers.get('connection')]).toEqual([201, 'close']);
    expect(await hub.child().exited).toEqual(graceful);
  });
});

describe('a broker that is away', () => {
  it('leaves the hub ready for what it can do, which says what waits', async () => {
    const broker = await silentBroker();
    const hub = await startHub({ KAFKA_BROKERS: broker.address }, { dataDir: dir });
    try {
      expect(await readiness(hub)).toMatchObject({
        status: 200,
        findings: expect.stringMatching(/hr: the Kafka brokers do not answer: facts wait/),
      });
      const feed = await hub.token('feed', 'hr-feed');
      expect((await hub.call('PUT', '/hr/v1/workers/100', { token: feed, body: ada })).status).toBe(201);
      await hub.stop();
      expect(await hub.child().exited).toEqual(graceful);
    } finally {
      await hub.kill();
      broker.close();
    }
  });

  describeOn(kafka, 'and comes back', (source) => {
    it('is told by readiness and metrics until it is back', async () => {
      const broker = await source.start();
      const metrics = await freePort();
      const hub = await startHub({ KAFKA_BROKERS: broker.brokers, METRICS_PORT: String(metrics) }, { dataDir: dir });
      const connected = async (): Promise<string[]> => {
        const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
        return [...text.matchAll(/^hub_broker_connected\{service="governance"\} (\d)$/gm)].map(
          ([, value]) => value ?? '',
        );
      };
      try {
        await eventually(async () => (await connected())[0] === '1', { timeoutMs: 30_000 });
        expect((await readiness(hub)).findings).not.toContain('Kafka');
        await broker.kill();
        await eventually(async () => (await connected())[0] === '0', { timeoutMs: 30_000 });
        expect(await readiness(hub)).toMatchObject({
          status: 200,
          findings: expect.stringMatching(/brokers do not answer/),
        });
        await broker.restart();
        await eventually(async () => (await connected())[0] === '1', { timeoutMs: 60_000 });
        await eventually(async () => !(await readiness(hub)).findings.includes('Kafka'));
      } finally {
        await hub.stop();
        await broker.stop();
      }
    });
  });
});
