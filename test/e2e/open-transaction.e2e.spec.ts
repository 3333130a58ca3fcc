import { jest } from '@jest/globals';
import pg from 'pg';
import type { Application } from '../support/application.js';
import { companyOn, fourServicesOn, serverForHub, type Company, type Started } from '../support/company.js';
import { hubDeployment, migrateDatabase, type Deployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { kafkaForTests } from '../support/kafka.js';

jest.setTimeout(180_000);

const kafka = await kafkaForTests();
const transports = kafka === null ? ['PostgreSQL'] : ['PostgreSQL', 'Kafka'];
const timeoutMs = 60_000;

/** A transaction that has written stays open in another database of the cluster; `end` ends it. */
const openWriters: Record<string, (server: string) => Promise<() => Promise<void>>> = {
  'a session': async (server) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query('begin');
    await client.query('select pg_current_xact_id()');
    return async () => {
      await client.query('rollback');
      await client.end();
    };
  },
  'a prepared transaction': async (server) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query('begin');
    await client.query('select pg_current_xact_id()');
    await client.query(`prepare transaction 'forgotten'`);
    return async () => {
      await client.query(`rollback prepared 'forgotten'`);
      await client.end();
    };
  },
};

describe.each(transports)('while a transaction that has written stays open, on %s', (transport) => {
  let company: Company;
  let hub: Deployment;
  let app: Application;
  let server: string;

  beforeAll(async () => {
    const started = await (kafka !== null && transport === 'Kafka' ? fourServicesOn(kafka) : hubOnServer());
    ({ server } = started);
    company = await companyOn(started);
    ({ hub, app } = company);
    await company.put('/governance/v1/access-packages/sales', {
      displayName: 'Sales',
      grants: [{ application: 'wiki', group: 'Sales' }],
      requestFor: 'self',
      approval: 'none',
      requireJustification: false,
    });
  });
  afterAll(() => company.close());

  const record = async (employeeId: string, more: object = {}): Promise<void> => {
    const { status } = await company.hire(employeeId, { email: `${employeeId}@corp.example`, ...more });
    expect([200, 201]).toContain(status);
  };
  const active = async (employeeId: string): Promise<boolean | undefined> =>
    (await app.user(`${employeeId}@corp.example`))?.active;

  it.each(Object.keys(openWriters))(
    'of %s: leavers lose their access at once, and everybody else follows when it ends',
    async (kind) => {
      const mark = kind === 'a session' ? 's' : 'p';
      const [leaver, rehired, mover] = [`${mark}-leaver`, `${mark}-rehired`, `${mark}-mover`];
      const former = [leaver, rehired, mover];
      const late = ['1', '2', '3'].map((n) => `${mark}-late-${n}`);
      for (const id of former) await record(id);
      for (const id of former) await eventually(async () => (await active(id)) === true, { timeoutMs });
      const moverToken = await hub.token(mover, 'requester');
      const asked = await hub.call('POST', '/governance/v1/requests', {
        token: moverToken,
        body: { packageId: 'sales' },
      });
      expect(asked.status).toBe(201);
      await eventually(async () => (await app.members('Sales')).includes(`${mover}@corp.example`), { timeoutMs });

      const end = await openWriters[kind]?.(server);
      for (const id of late) await record(id);
      await record(leaver, { terminationDate: '2024-01-31' });
      await record(rehired, { terminationDate: '2024-01-31' });
      await revokeSales(mover);
      await eventually(async () => (await active(leaver)) === false, { timeoutMs });
      await eventually(async () => (await active(rehired)) === false, { timeoutMs });
      await eventually(async () => !(await app.members('Sales')).includes(`${mover}@corp.example`), { timeoutMs });
      await record(rehired);
      // Nothing else was read: the transaction does stop readers in commit order, and everybody can see it.
      expect(await Promise.all(late.map(active))).toEqual([undefined, undefined, undefined]);
      expect(await active(mover)).toBe(true);

      if (transport === 'PostgreSQL') await eventually(async () => told(await readiness(), kind), { timeoutMs });

      await end?.();
      if (transport === 'PostgreSQL') await eventually(async () => (await readiness()).length === 0, { timeoutMs });
      for (const id of [...late, rehired]) await eventually(async () => (await active(id)) === true, { timeoutMs });
      const users = (await app.users()).map(({ userName }) => userName).sort();
      expect(users).toEqual([...new Set(users)]);
      await eventually(async () => (await terminations(leaver)) === 1, { timeoutMs });
      expect(await active(leaver)).toBe(false);
      expect(await parked()).toEqual([0, 0, 0, 0]);
    },
  );

  /** What the hub says of its state. */
  async function readiness(): Promise<readonly string[]> {
    const { status, body } = await hub.call<{ ok: boolean; findings: string[] }>('GET', '/health/ready');
    expect([status, body.ok]).toEqual([200, true]);
    return body.findings;
  }

  async function revokeSales(employeeId: string): Promise<void> {
    const token = company.tokens.admin;
    const identity = await company.identityOf(employeeId);
    const { body } = await hub.call<{ items: { id: string; packageId: string; status: string }[] }>(
      'GET',
      `/governance/v1/assignments?filter=${encodeURIComponent(`identityId eq "${identity}" and packageId eq "sales"`)}`,
      { token },
    );
    const assignment = body.items[0]?.id ?? '';
    const answer = await hub.call('POST', `/governance/v1/assignments/${assignment}/revoke`, {
      token,
      body: { reason: 'moved' },
    });
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  }

  /** Entries of the log that say so. */
  async function terminations(employeeId: string): Promise<number> {
    const filter = encodeURIComponent(
      `identity eq "${await company.identityOf(employeeId)}" and type eq "hub.governance.desired-access.changed.v1"`,
    );
    const { body } = await hub.call<{ items: { id: string; data: { status?: string } }[] }>(
      'GET',
      `/audit/v1/entries?limit=500&filter=${filter}`,
      { token: company.tokens.auditor },
    );
    return body.items.filter((entry) => JSON.stringify(entry).includes('"leaver"')).length;
  }

  async function parked(): Promise<number[]> {
    const of = async (service: string): Promise<number> => {
      const token = company.tokens.admin;
      const answer = await hub.call<{ items: unknown[] }>('GET', `/${service}/v1/parked-messages`, { token });
      return answer.body.items.length;
    };
    return await Promise.all(['hr', 'governance', 'provisioning', 'audit'].map(of));
  }
});

/** Who holds up what, and which readers wait. */
function told(findings: readonly string[], kind: string): boolean {
  const writer = kind === 'a session' ? 'a transaction that has written is open' : 'a prepared transaction waits';
  const words = [writer, 'governance has not read messages on hub.hr.lifecycle', 'audit has not read'];
  return words.every((word) => findings.some((finding) => finding.includes(word)));
}

async function hubOnServer(): Promise<Started & { readonly server: string }> {
  const { server, url, stop } = await serverForHub();
  await migrateDatabase(url);
  const deployment = await hubDeployment({
    DATABASE_URL: url,
    HUB_MASTER_KEY: Buffer.alloc(32, 5).toString('base64'),
    CONNECTOR_ALLOWED_NETWORKS: '127.0.0.0/8',
  });
  return {
    deployment,
    server,
    stop: async () => {
      await deployment.discard();
      await stop();
    },
  };
}
