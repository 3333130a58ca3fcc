import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { jest } from '@jest/globals';
import { AssignerProtocol, Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { topics } from '#libs/contracts/topics.js';
import { companyOn, fourServicesOn, type Company } from '../support/company.js';
import type { FourServices } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { describeOn, kafkaForTests } from '../support/kafka.js';
import { root } from '../support/processes.js';
import { some } from '../support/some.js';

jest.setTimeout(300_000);
const timeoutMs = 120_000;
/** What Kubernetes gives a pod unless told otherwise; the chart gives 60 s. */
const graceMs = 30_000;
/** CPU that a service may use until it is ready, in seconds: it starts in less than this on a machine that is idle. */
const startCpuSeconds = 3;
/** Between two hires of one client, in milliseconds: the application lists up to 1000 people at once. */
const pauseMs = 150;
const names = ['provisioning', 'governance', 'audit', 'hr'] as const;

/** Nobody listens any more: nothing was sent. Everything else that fetch throws is a request that was cut off. */
const isUnsent = (error: unknown): boolean =>
  ((error as Error).cause as { code?: string } | undefined)?.code === 'ECONNREFUSED';

/** Of each service a call with a body, and the status of its answer. */
const calls = {
  hr: [
    'POST',
    '/hr/v1/imports?mode=delta',
    'text/csv',
    'employeeId,familyName,email,hireDate\n9001,Held,held@corp.example,2020-01-01\n',
    202,
  ],
  governance: [
    'PUT',
    '/governance/v1/access-packages/spare',
    'application/json',
    JSON.stringify({ displayName: 'Spare', grants: [{ application: 'wiki', group: 'Spare' }] }),
    201,
  ],
  provisioning: [
    'PUT',
    '/provisioning/v1/connectors/spare',
    'application/json',
    JSON.stringify({
      displayName: 'Spare',
      mode: 'enforce',
      protocol: 'scim2',
      baseUrl: 'https://spare.example/scim/v2',
      auth: { type: 'bearer', token: 'spare' },
    }),
    201,
  ],
  audit: [
    'POST',
    '/audit/v1/exports',
    'application/json',
    JSON.stringify({ scope: { application: 'wiki' }, from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' }),
    202,
  ],
} as const;

interface HalfSent {
  /** Sends the rest. @returns the status and the location of the answer */
  finish(): Promise<{ status: number; location: string }>;
}

/** A request whose headers and first half have reached the server. */
async function halfSent(base: string, service: keyof typeof calls, token: string): Promise<HalfSent> {
  const [method, path, type, body] = calls[service];
  const length = Buffer.byteLength(body);
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': type,
    'content-length': length,
    expect: '100-continue',
  };
  const call = request(`${base}${path}`, { method, headers });
  const answered = new Promise<{ status: number; location: string }>((done, failed) => {
    call.once('error', failed);
    call.once('response', (response) => {
      response.resume();
      done({ status: response.statusCode ?? 0, location: response.headers.location ?? '' });
    });
  });
  answered.catch(() => undefined);
  call.flushHeaders();
  await Promise.race([new Promise((done) => call.once('continue', done)), answered]);
  call.write(body.slice(0, length / 2));
  return {
    finish: async () => {
      call.end(body.slice(length / 2));
      return await answered;
    },
  };
}

describeOn(await kafkaForTests(), 'four services as processes of an ordinary user on a read-only checkout', (kafka) => {
  let company: Company;
  let hub: FourServices;
  let db: pg.Client;
  let admin: ReturnType<Kafka['admin']>;

  beforeAll(async () => {
    const envOf = (): Record<string, string> => ({ SHUTDOWN_DELAY: '1', NODE_ENV: 'production' });
    const started = await fourServicesOn(kafka, { envOf, isConfined: true });
    hub = started.deployment;
    company = await companyOn(started);
    db = new pg.Client({ connectionString: started.database });
    await db.connect();
    admin = new Kafka({ brokers: [started.broker.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterAll(async () => {
    await admin.disconnect();
    await db.end();
    await company.close();
  });

  /** Hires without pause, and waits only while nobody listens. */
  class Load {
    readonly hired: string[] = [];
    readonly cut: string[] = [];
    private running = true;
    private readonly clients: readonly Promise<void>[];

    constructor(...first: number[]) {
      this.clients = first.map((number) => this.client(number));
    }

    async end(): Promise<void> {
      this.running = false;
      await Promise.all(this.clients);
    }

    private async client(first: number): Promise<void> {
      for (let number = first; this.running;) {
        const sent = await this.hire(number);
        if (sent) number += 1;
        await new Promise((done) => setTimeout(done, pauseMs));
      }
    }

    private async hire(number: number): Promise<boolean> {
      const email = `p${number}@corp.example`;
      try {
        const { status } = await company.hire(String(number), { email });
        if (status === 201) this.hired.push(email);
        else this.cut.push(`${number}: ${status}`);
      } catch (error) {
        if (isUnsent(error)) return false;
        this.cut.push(`${number}: ${String((error as Error).cause ?? error)}`);
      }
      return true;
    }
  }

  async function isConnectionRefused(base: string): Promise<boolean> {
    return await fetch(`${base}/health/live`).then(() => false, isUnsent);
  }

  /** Leases that a process which ended left to run out. */
  async function leasesOf(service: string): Promise<string[]> {
    const { rows } = await db.query<{ name: string }>(
      `select name from ${service}.lease where expires_at > clock_timestamp()`,
    );
    return rows.map(({ name }) => name);
  }

  /** Groups of the service, and how many members each still has. */
  async function membersOf(service: string): Promise<[string, number][]> {
    const { groups } = await admin.listGroups();
    const own = groups.map(({ groupId }) => groupId).filter((id) => id === service || id.startsWith(`${service}.`));
    const described = await admin.describeGroups(own);
    return described.groups.map(({ groupId, members }) => [groupId, members.length]);
  }

  /** Partitions of which the brokers were told another offset than was stored with the effects. */
  async function untoldOf(service: string): Promise<string[]> {
    const { rows } = await db.query<{ consumer: string; topic: string; partition: number; next: string }>(
      `select consumer, topic, partition, next from ${service}.kafka_place where moved`,
    );
    const told = new Map<string, string>();
    for (const consumer of new Set(rows.map((row) => row.consumer)))
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId: consumer }))
        for (const { partition, offset } of partitions) told.set(`${consumer} ${topic}/${partition}`, offset);
    return rows
      .filter(({ consumer, topic, partition, next }) => told.get(`${consumer} ${topic}/${partition}`) !== next)
      .map(({ consumer, topic, partition }) => `${consumer} ${topic}/${partition}`);
  }

  async function entries(type: string): Promise<number> {
    const filter = encodeURIComponent(`type eq "${type}"`);
    let [count, cursor] = [0, ''];
    do {
      const page = await hub.call<{ items: unknown[]; nextCursor: string | null }>(
        'GET',
        `/audit/v1/entries?limit=500&filter=${filter}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        { token: company.tokens.auditor },
      );
      count += page.body.items.length;
      cursor = page.body.nextCursor ?? '';
    } while (cursor !== '');
    return count;
  }

  it('have no capabilities, cannot write to the checkout, and need little CPU to start', async () => {
    for (const name of some(names)) {
      const proc = `/proc/${hub.child(name).process.pid ?? 0}`;
      const status = await readFile(`${proc}/status`, 'utf8');
      expect([name, /CapEff:\s+(\w+)/.exec(status)?.[1]]).toEqual([name, '0000000000000000']);
      const mounts = (await readFile(`${proc}/mountinfo`, 'utf8')).split('\n').map((line) => line.split(' '));
      expect([name, mounts.find(([, , , , at]) => at === root)?.[5]?.split(',')[0]]).toEqual([name, 'ro']);
      const [user = 0, system = 0] =
        (await readFile(`${proc}/stat`, 'utf8')).split(') ')[1]?.split(' ').slice(11).map(Number) ?? [];
      expect((user + system) / 100).toBeLessThan(startCpuSeconds);
    }
  });

  it('say not ready first at SIGTERM, answer what they took, commit, leave nothing held, and lose nothing', async () => {
    const load = new Load(10_000, 20_000);
    const jobs: string[] = [];
    try {
      for (const name of some(names)) {
        const before = load.hired.length;
        await eventually(() => load.hired.length > before + 10, { timeoutMs });
        const { child, base } = { child: hub.child(name), base: hub.baseOf(`/${name}/`) };
        const half = await halfSent(
          base,
          name,
          company.tokens[name === 'hr' ? 'hr' : name === 'audit' ? 'auditor' : 'admin'],
        );
        const toldAt = performance.now();
        child.process.kill('SIGTERM');
        await eventually(async () => (await fetch(`${base}/health/ready`)).status === 503);
        expect((await fetch(`${base}/health/live`)).status).toBe(200);
        await eventually(() => isConnectionRefused(base));
        const { status, location } = await half.finish();
        expect([name, status]).toEqual([name, calls[name][4]]);
        if (status === 202) jobs.push(location);
        expect([name, await child.exited]).toEqual([name, { code: 0, signal: null }]);
        expect(performance.now() - toldAt).toBeLessThan(graceMs);
        const [leases, members, untold] = [await leasesOf(name), await membersOf(name), await untoldOf(name)];
        expect([name, leases, untold]).toEqual([name, [], []]);
        expect(members.length).toBeGreaterThan(0);
        expect(members.filter(([, count]) => count > 0)).toEqual([]);
        await hub.start(name);
      }
    } finally {
      await load.end();
    }
    expect(load.cut).toEqual([]);
    const all = [...load.hired, 'held@corp.example'].sort();
    await eventually(async () => (await company.app.users()).length >= all.length, { timeoutMs, everyMs: 300 });
    expect((await company.app.users()).map(({ userName }) => userName).sort()).toEqual(all);
    await eventually(async () => (await entries('hub.hr.worker.hired.v1')) === all.length, { timeoutMs, everyMs: 300 });
    for (const job of some(jobs)) {
      const token = job.startsWith('/hr') ? company.tokens.hr : company.tokens.auditor;
      await eventually(async () => (await hub.call('GET', job, { token })).body['status'] === 'completed', {
        timeoutMs,
      });
    }
    const token = company.tokens.auditor;
    expect((await hub.call('POST', '/audit/v1/checks', { token })).body).toMatchObject({ ok: true });
  });

  /** Partitions of HR's messages by the member of governance's group that reads them. */
  async function shares(): Promise<number[][]> {
    const { groups } = await admin.describeGroups(['governance']);
    return (groups[0]?.members ?? []).map(
      ({ memberAssignment }) =>
        (memberAssignment.length === 0 ? null : AssignerProtocol.MemberAssignment.decode(memberAssignment))?.assignment[
          topics.lifecycle
        ] ?? [],
    );
  }
  /** Waits until the members have so many partitions each. @returns which */
  const shared = (...sizes: number[]): Promise<number[][]> =>
    eventually(
      async () => {
        const parts = await shares();
        expect(parts.map((own) => own.length)).toEqual(sizes);
        return parts;
      },
      { timeoutMs: 60_000, everyMs: 200 },
    );
  async function placesOfGovernance(): Promise<Map<number, bigint>> {
    const { rows } = await db.query<{ partition: number; next: string }>(
      `select partition, next from governance.kafka_place where consumer = 'governance' and topic = $1`,
      [topics.lifecycle],
    );
    return new Map(rows.map(({ partition, next }) => [partition, BigInt(next)]));
  }

  it('share the work of governance among three replicas, and of two when one ends', async () => {
    const before = (await company.app.users()).length;
    const others = [await hub.replica('governance'), await hub.replica('governance')];
    const parts = await shared(2, 2, 2);
    expect(parts.flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const was = await placesOfGovernance();
    const load = new Load(30_000, 40_000);
    /** Each reads its own partitions alone: a place that moves is work of the member that has the partition. */
    const idle = async (): Promise<number[][]> => {
      const now = await placesOfGovernance();
      return parts.filter((own) => own.every((at) => (now.get(at) ?? 0n) <= (was.get(at) ?? 0n)));
    };
    try {
      await eventually(async () => (await idle()).length === 0, { timeoutMs });
      others[0]?.child.process.kill('SIGTERM');
      expect(await others[0]?.child.exited).toEqual({ code: 0, signal: null });
      await shared(3, 3);
    } finally {
      await load.end();
    }
    expect(load.cut).toEqual([]);
    const expected = before + load.hired.length;
    await eventually(async () => (await company.app.users()).length >= expected, { timeoutMs, everyMs: 300 });
    const users = (await company.app.users()).map(({ userName }) => userName);
    expect([users.length, new Set(users).size]).toEqual([expected, expected]);
  });
});
