import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { built, root, startProcess, startProgram } from '../support/processes.js';

jest.setTimeout(120_000);

describe('the hub in one process', () => {
  let dir: string;
  let hub: HubUnderTest;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hub-0700-'));
    await chmod(dir, 0o700);
    hub = await startHub({}, { dataDir: join(dir, 'data') });
  }, 120_000);
  afterAll(async () => {
    await hub.discard();
    await rm(dir, { recursive: true, force: true });
  });

  const worker = { familyName: 'Lovelace', hireDate: '2020-01-01' };

  it('serves health and the API documents to anybody, and nothing else', async () => {
    for (const path of ['/health/live', '/health/ready', '/docs-json', '/asyncapi.json'])
      expect((await hub.call('GET', path)).status).toBe(200);
    const { body } = await hub.call<{ openapi: string; paths: Record<string, Record<string, unknown>> }>(
      'GET',
      '/docs-json',
    );
    expect(body.openapi).toBe('3.1.0');
    const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    expect(routes.length).toBeGreaterThan(30);
    const open: string[] = [];
    for (const { method, path } of routes) {
      if (path.startsWith('/health') || path.startsWith('/docs')) continue;
      const answer = await hub.call(method, path.replace(/\{[^}]+\}/g, 'x'));
      if (answer.status !== 401) open.push(`${method} ${path} answered ${answer.status}`);
    }
    expect(open).toEqual([]);
  });

  it('keeps all data through kill -9, which leaves its postmaster behind', async () => {
    const hr = await hub.token('hr-system', 'hr-feed');
    expect((await hub.call('PUT', '/hr/v1/workers/1', { token: hr, body: worker })).status).toBe(201);
    await hub.kill();
    hub.launch();
    await hub.ready();
    const again = await hub.call('PUT', '/hr/v1/workers/1', { token: hr, body: worker });
    expect([again.status, again.body['events']]).toEqual([200, []]);
  });

  it('keeps all data through an ordinary restart', async () => {
    const hr = await hub.token('hr-system', 'hr-feed');
    await hub.restart();
    expect((await hub.call('GET', '/hr/v1/workers/1', { token: hr })).body).toMatchObject({
      employeeId: '1',
      familyName: 'Lovelace',
    });
  });

  it('refuses a data directory that a living hub uses, and names it', async () => {
    const second = startProgram('apps/hub/src/main.js', [], { HUB_DATA_DIR: hub.dataDir, PORT: '0' });
    const { code } = await second.exited;
    expect(code).not.toBe(0);
    expect(second.output()).toContain(String(hub.child().process.pid));
  });

  it('names every broken setting at once, and no value', async () => {
    const broken = startProgram('apps/hub/src/main.js', [], {
      PORT: 'sesame',
      DATABASE_URL: 'mysql://secret@x',
      HUB_DATA_DIR: join(dir, 'other'),
    });
    const { code } = await broken.exited;
    expect(code).not.toBe(0);
    expect(broken.output()).toMatch(/PORT[\s\S]*DATABASE_URL|DATABASE_URL[\s\S]*PORT/);
    expect(broken.output()).not.toMatch(/sesame|secret/);
  });

  it('refuses tokens of another issuer, without signature or out of date', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${part({ alg: 'none' })}.${part({ sub: 'x', roles: ['admin'], aud: 'identity-hub', exp: 4_000_000_000 })}.`;
    const hs = `${part({ alg: 'HS256' })}.${part({ sub: 'x', roles: ['admin'], aud: 'identity-hub', exp: 4_000_000_000 })}.${part({})}`;
    const issued = (home: string, hoursAgo: number): Promise<string> => {
      const clock = new TestClock(new Date(Date.now() - hoursAgo * 60 * 60 * 1_000).toISOString());
      return LocalIssuer.open(home, 'identity-hub', clock).issue('x', { roles: ['hr-operator'] });
    };
    const status = async (token: string): Promise<unknown[]> => {
      const answer = await hub.call('GET', '/hr/v1/workers', { token });
      return [answer.status, answer.body['code']];
    };
    expect(await status(await issued(hub.dataDir, 3))).toEqual([200, undefined]);
    for (const token of [none, hs, 'x.y.z', await issued(dir, 0), await issued(hub.dataDir, 5)])
      expect(await status(token)).toEqual([401, 'invalid_token']);
  });

  it('keeps an administrator in, whatever HR calls its people', async () => {
    const feed = await hub.token('hr-system', 'hr-feed');
    const nadia = { givenName: 'Not', familyName: 'Admin', email: 'not.admin@corp.example', hireDate: '2019-01-01' };
    for (const body of [nadia, { ...nadia, terminationDate: '2020-01-01' }])
      expect((await hub.call('PUT', '/hr/v1/workers/nadia', { token: feed, body })).status).toBeLessThan(300);
    const list = async (token: string): Promise<number> => (await hub.call('GET', '/hr/v1/workers', { token })).status;
    const person = await hub.token('nadia', 'requester,hr-operator');
    await eventually(async () => (await list(person)) === 401);
    expect(await list(await hub.token('nadia', 'hr-operator'))).toBe(200);
  });

  it('lists the tokens it issued, and refuses one from its revocation on', async () => {
    const cli = async (...args: string[]): Promise<string> =>
      (
        await promisify(execFile)(process.execPath, [join(root, 'dist/apps/hub/src/cli.main.js'), 'token', ...args], {
          env: { ...process.env, HUB_DATA_DIR: hub.dataDir },
        })
      ).stdout;
    const lost = await hub.token('lost-laptop', 'hr-operator');
    const list = async (): Promise<number> => (await hub.call('GET', '/hr/v1/workers', { token: lost })).status;
    expect(await list()).toBe(200);
    expect(await cli('list')).toMatch(/administrator {2}"lost-laptop" {2}hr-operator/);
    expect(await cli('revoke', '--subject', 'lost-laptop')).toBe('revoked 1\n');
    expect(await list()).toBe(401);
    expect(await cli('list')).not.toContain('lost-laptop');
  });

  it('tells how the log calls an administrator who is not in HR', async () => {
    const path = '/governance/v1/applications/named';
    await hub.call('PUT', path, {
      token: await hub.token('nora-admin', 'policy-admin'),
      body: { displayName: 'Named', connectorId: 'named' },
    });
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(root, 'dist/apps/hub/src/cli.main.js'),
      'actor',
      'nora-admin',
    ]);
    const filter = encodeURIComponent(`actor eq "${stdout.trim()}"`);
    const entries = await eventually(async () => {
      const token = await hub.token('olga', 'auditor');
      const { body } = await hub.call<{ items: { type: string }[] }>('GET', `/audit/v1/entries?filter=${filter}`, {
        token,
      });
      return body.items.length > 0 && body.items;
    });
    expect(entries).toMatchObject([{ type: 'hub.governance.application.defined.v1' }]);
  });

  it('shows who starts it at a terminal a link that signs in, once', async () => {
    await hub.stop();
    const { port } = new URL(hub.base);
    const command = `exec ${process.execPath} ${join(built, 'apps/hub/src/main.js')}`;
    const env = { HUB_DATA_DIR: hub.dataDir, PORT: port };
    const terminal = startProcess('script', ['--quiet', '--return', '--command', command, '/dev/null'], env);
    const link = await eventually(() => /(http:\S+\/sign-in\?code=[\w-]+)/.exec(terminal.output())?.[1], {
      timeoutMs: 60_000,
    });
    const signIn = async (): Promise<Response> => {
      const body = new URLSearchParams({ code: new URL(link).searchParams.get('code') ?? '' });
      return await fetch(`${hub.base}/sign-in`, { method: 'POST', headers: { accept: 'application/json' }, body });
    };
    const { token } = (await (await signIn()).json()) as { token: string };
    expect((await hub.call('GET', '/governance/v1/me', { token })).status).toBe(200);
    expect((await hub.call('GET', '/audit/v1/entries', { token })).status).toBe(200);
    expect((await signIn()).status).toBe(401);
    const pid = terminal.process.pid ?? 0;
    process.kill(Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')), 'SIGTERM');
    await terminal.exited;
    hub.launch();
    await hub.ready();
  });

  it('tells the usage of its commands', async () => {
    const run = (program: string, ...args: string[]): Promise<number> =>
      promisify(execFile)(process.execPath, [join(root, 'dist', program), ...args], {
        cwd: dir,
        env: { ...process.env, HUB_DATA_DIR: hub.dataDir },
      }).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
    expect(await run('apps/hub/src/token.main.js')).toBe(2);
    expect(await run('apps/hub/src/cli.main.js')).toBe(2);
    expect(await run('apps/hub/src/cli.main.js', 'verify')).toBe(2);
    expect(await run('apps/hub/src/cli.main.js', 'actor')).toBe(2);
    await writeFile(join(dir, 'broken.zip'), 'this is no pack');
    expect(await run('apps/hub/src/cli.main.js', 'verify', join(dir, 'broken.zip'))).toBe(1);
  });
});
