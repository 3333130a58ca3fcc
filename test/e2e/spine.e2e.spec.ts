import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Application } from '../support/application.js';
import { companyOn, fourServicesOn, type Company, type Started } from '../support/company.js';
import { hubDeployment, type Deployment } from '../support/deployment.js';
import type { Answer } from '../support/hub.js';
import { eventually } from '../support/eventually.js';
import { kafkaForTests } from '../support/kafka.js';
import { root } from '../support/processes.js';

jest.setTimeout(120_000);

/** Every way the product is deployed; each runs the same promises. Without Kafka the last two are left out, loudly. */
const kafka = await kafkaForTests();
const ways: { name: string; start: () => Promise<Started> }[] = [
  {
    name: 'the hub on its embedded PostgreSQL',
    start: async () => {
      const deployment = await hubDeployment();
      return { deployment, stop: () => deployment.discard() };
    },
  },
];
if (kafka !== null) {
  ways.push({
    name: 'the hub on Kafka',
    start: async () => {
      const broker = await kafka.start();
      const deployment = await hubDeployment({ KAFKA_BROKERS: broker.brokers });
      return {
        deployment,
        stop: async () => {
          await deployment.discard();
          await broker.stop();
        },
      };
    },
  });
  ways.push({ name: 'four services on PostgreSQL and Kafka', start: () => fourServicesOn(kafka) });
}

describe.each(ways)('$name', ({ start }) => {
  let company: Company;
  let hub: Deployment;
  let app: Application;
  const as = (who: keyof Company['tokens']): string => company.tokens[who];

  beforeAll(async () => {
    company = await companyOn(await start());
    ({ hub, app } = company);
    const grace = { familyName: 'Hopper', givenName: 'Grace', email: 'grace@corp.example' };
    hired = await hire('100', grace);
    await hire('101', ada);
    await hire('103', { familyName: 'Kay', givenName: 'Alan', email: 'kay@corp.example', managerId: '100' });
  }, 120_000);
  afterAll(() => company.close());

  const ada = { familyName: 'Lovelace', givenName: 'Ada', email: 'ada@corp.example', managerId: '100' };
  /** What HR was answered for the first of them. */
  let hired: Answer;
  const hire = (employeeId: string, worker: Record<string, unknown>): Promise<Answer> =>
    company.hire(employeeId, worker);
  const identity = (employeeId: string): Promise<string> =>
    eventually(async () => (await company.identityOf(employeeId)) || undefined);
  const active = (userName: string, value: boolean): Promise<unknown> =>
    eventually(async () => (await app.user(userName))?.active === value, { timeoutMs: 30_000 });

  /** The problem document of a refusal. */
  const problem = async (refused: Promise<Answer>): Promise<Record<string, unknown>> => {
    const { status, headers, body, text } = await refused;
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect([body['status'], typeof body['type'], typeof body['title'], text]).toEqual([
      status,
      'string',
      'string',
      text,
    ]);
    return body;
  };

  it('makes a hire in HR an account with birthright groups in the application', async () => {
    expect(hired.status).toBe(201);
    expect(hired.body['events']).toEqual([{ id: expect.any(String), type: 'hub.hr.worker.hired.v1' }]);
    await active('ada@corp.example', true);
    await eventually(
      async () => {
        const members = await app.members('Staff');
        return ['ada', 'grace', 'kay'].every((name) => members.includes(`${name}@corp.example`));
      },
      { timeoutMs: 30_000 },
    );
    const user = await app.user('ada@corp.example');
    expect(user).toMatchObject({ displayName: 'Ada Lovelace', externalId: await identity('101') });
  });

  it('changes nothing when the same record comes twice', async () => {
    const again = await hire('101', ada);
    expect([again.status, again.body['events']]).toEqual([200, []]);
  });

  it('gives what was requested once the manager approved it, and can explain it', async () => {
    const ada = await hub.token('101', 'requester', 'approver');
    const grace = await hub.token('100', 'approver');
    const asked = await hub.call<{ id: string }>('POST', '/governance/v1/requests', {
      token: ada,
      body: { packageId: 'editors', justification: 'I write the handbook' },
    });
    expect(asked.status).toBe(201);
    const decisions = `/governance/v1/requests/${asked.body.id}/decisions`;
    const decide = (token: string): Promise<Answer> =>
      hub.call('POST', decisions, { token, body: { decision: 'approve', comment: 'yes' } });
    const alan = await hub.token('103', 'approver');
    expect(await problem(decide(ada))).toMatchObject({ status: 403, code: 'request.own_request' });
    expect(await problem(decide(alan))).toMatchObject({ status: 403, code: 'request.not_approver' });
    const approved = await decide(grace);
    expect([approved.status, approved.body['status']]).toEqual([200, 'approved']);
    expect(await problem(decide(grace))).toMatchObject({ status: 409, code: 'request.not_pending' });
    await eventually(async () => (await app.members('Editors')).join() === 'ada@corp.example', { timeoutMs: 30_000 });
    await eventually(
      async () => {
        const { body } = await hub.call('GET', `/governance/v1/requests/${asked.body.id}`, { token: ada });
        return body['status'] === 'approved' && body['delivery'] === 'delivered';
      },
      { timeoutMs: 30_000 },
    );
    const explained = await hub.call(
      'GET',
      `/governance/v1/identities/${await identity('101')}/access/wiki/explanation`,
      { token: as('admin') },
    );
    expect(explained.status).toBe(200);
    expect(explained.text).toContain(asked.body.id);
  });

  it('disables a leaver, takes the groups away and refuses the token', async () => {
    await hire('102', { familyName: 'Turing', givenName: 'Alan', email: 'alan@corp.example', managerId: '100' });
    await active('alan@corp.example', true);
    const alan = await hub.token('102', 'requester');
    await eventually(async () => (await hub.call('GET', '/governance/v1/requests', { token: alan })).status === 200);
    const left = await hire('102', {
      familyName: 'Turing',
      givenName: 'Alan',
      email: 'alan@corp.example',
      managerId: '100',
      terminationDate: '2024-01-31',
    });
    expect(left.body['events']).toEqual([{ id: expect.any(String), type: 'hub.hr.worker.terminated.v1' }]);
    await active('alan@corp.example', false);
    await eventually(async () => !(await app.members('Staff')).includes('alan@corp.example'), { timeoutMs: 30_000 });
    await eventually(async () => (await hub.call('GET', '/governance/v1/requests', { token: alan })).status === 401);
    const rehired = await hire('102', {
      familyName: 'Turing',
      givenName: 'Alan',
      email: 'alan@corp.example',
      managerId: '100',
    });
    expect(rehired.body['events']).toEqual([{ id: expect.any(String), type: 'hub.hr.worker.rehired.v1' }]);
    await active('alan@corp.example', true);
    expect((await app.users()).filter((u) => u.userName === 'alan@corp.example')).toHaveLength(1);
  });

  it('answers who had access and why, and its log verifies offline', async () => {
    const at = new Date().toISOString();
    const ada = await identity('101');
    const item = await eventually(
      async () => {
        const { body } = await hub.call<{ items: { identity: { id: string }; why: unknown[]; state: string }[] }>(
          'GET',
          `/audit/v1/access?application=wiki&at=${at}`,
          { token: as('auditor') },
        );
        const found = body.items.find((i) => i.identity.id === ada);
        return found !== undefined && found.why.length > 0 && found.state === 'confirmed' ? found : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(item.why.length).toBeGreaterThan(0);
    const job = await hub.call('POST', '/audit/v1/exports', {
      token: as('auditor'),
      body: { scope: { identity: ada }, from: '2020-01-01T00:00:00Z', to: new Date().toISOString() },
    });
    expect(job.status).toBe(202);
    const href = await eventually(
      async () => {
        const { body } = await hub.call('GET', job.headers.get('location') ?? '', { token: as('auditor') });
        return body['status'] === 'completed' ? String(body['href']) : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(await verified(hub, href, as('auditor'))).toBe(0);
  });

  it('answers bad input with a problem that names field and mend, and nothing else is disturbed', async () => {
    expect(
      await problem(hub.call('PUT', '/hr/v1/workers/900', { token: as('hr'), body: { familyName: 'X' } })),
    ).toMatchObject({
      status: 400,
      errors: [{ pointer: '/hireDate', detail: expect.stringContaining('YYYY-MM-DD') }],
    });
    expect(await problem(hire('900', { shoeSize: 43 }))).toMatchObject({
      status: 400,
      errors: [{ pointer: '/shoeSize' }],
    });
    expect(await problem(hub.call('GET', '/hr/v1/workers/900', { token: as('hr') }))).toMatchObject({ status: 404 });
    const ada = await hub.token('101', 'requester');
    const unknown = { packageId: 'nope', justification: 'x' };
    expect(await problem(hub.call('POST', '/governance/v1/requests', { token: ada, body: unknown }))).toMatchObject({
      status: 400,
      errors: [{ pointer: '/packageId' }],
    });
    for (const token of ['not-a-token', 'a.b.c', undefined]) {
      const answer = hub.call('GET', '/hr/v1/workers', token === undefined ? {} : { token });
      expect(await problem(answer)).toMatchObject({ status: 401, code: 'invalid_token' });
    }
    expect(await problem(hub.call('GET', '/audit/v1/entries', { token: as('hr') }))).toMatchObject({
      status: 403,
      code: 'insufficient_role',
    });
  });

  it('waits for a first day to come, and ends access by itself at its instant', async () => {
    const day = (ms: number): string => new Date(Date.now() + ms).toISOString();
    const nextWeek = day(7 * 24 * 60 * 60 * 1_000).slice(0, 10);
    const future = await hire('301', { email: 'future@corp.example', hireDate: nextWeek });
    expect([future.status, future.body['worker']]).toEqual([201, expect.objectContaining({ employed: false })]);
    await hire('302', { email: 'guest@corp.example', accessEndsAt: day(6_000) });
    await active('guest@corp.example', true);
    await active('guest@corp.example', false);
    expect(await app.user('future@corp.example')).toBeUndefined();
  });

  it('rejects a broken row of a file by line and field, and takes the rest', async () => {
    const csv =
      'employeeId,familyName,email,hireDate,managerId\n201,One,one@corp.example,2021-01-01,100\n202,,two@corp.example,yesterday,100\n203,Three,three@corp.example,2021-01-01,100\n';
    const accepted = await hub.call('POST', '/hr/v1/imports?mode=delta', {
      token: as('hr'),
      body: csv,
      headers: { 'content-type': 'text/csv' },
    });
    expect(accepted.status).toBe(202);
    const done = await eventually(
      async () => {
        const { body } = await hub.call('GET', accepted.headers.get('location') ?? '', { token: as('hr') });
        return body['status'] === 'completed' ? body : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(done).toMatchObject({ total: 3, created: 2, rejected: 1 });
    expect(JSON.stringify(done['rejections'])).toMatch(/"line":3/);
    await active('one@corp.example', true);
    await active('three@corp.example', true);
    expect(await app.user('two@corp.example')).toBeUndefined();
  });
});

async function verified(hub: Deployment, href: string, token: string): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-pack-'));
  try {
    const file = join(dir, 'pack.zip');
    await writeFile(file, await hub.download(href, token));
    const run = promisify(execFile)(
      process.execPath,
      [resolve(root, 'dist/apps/hub/src/cli.main.js'), 'verify', file],
      { cwd: dir },
    );
    return await run.then(
      () => 0,
      (error: { code: number }) => error.code,
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
