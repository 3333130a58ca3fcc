import type { Server } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { Doorbell } from '#libs/event-store/doorbell.js';
import { testMasterKey } from '../../test/support/event-store.js';
import { freshDatabase } from '../../test/support/postgres.js';
import { TestClock } from './clock.fixtures.js';
import { close, httpFront, listen } from './http-front.js';
import { JsonLogger } from './json-logger.js';
import { gate, notes } from './service.fixtures.js';
import { loadSettings } from './settings.js';
import { startService, type RunningService } from './start-service.js';

const logged: string[] = [];
let database: Awaited<ReturnType<typeof freshDatabase>>;
let service: RunningService;
let server: Server;
let url: string;
let token: string;
let auditorToken: string;
const clock = new TestClock();

beforeAll(async () => {
  database = await freshDatabase();
  const issuer = LocalIssuer.open(mkdtempSync(join(tmpdir(), 'kit-')), 'identity-hub', clock);
  token = await issuer.issue('1001', { roles: ['requester'] });
  auditorToken = await issuer.issue('1002', { roles: ['auditor'] });
  service = await startService(notes, {
    settings: loadSettings({}),
    databaseUrl: database.url,
    masterKey: testMasterKey,
    tokens: issuer.verifier(),
    logger: new JsonLogger('spec', { write: (line) => void logged.push(line) }),
    clock,
    doorbell: new Doorbell(),
    alone: true,
  });
  ({ server, url } = await listen(httpFront([service]), '127.0.0.1', 0));
});
afterAll(async () => {
  await close(server, 100);
  await service.stop();
  await database.drop();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function send(
  method: string,
  path: string,
  body?: string | object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

const written = (text: string, headers: Record<string, string> = {}): Promise<Answer> =>
  send('POST', '/notes/v1/notes', { text }, headers);

describe('a service', () => {
  it('takes a command and shows what it did', async () => {
    const answer = await written('hello');
    expect(answer.status).toBe(201);
    const location = answer.headers.get('location') ?? '';
    const read = await send('GET', location);
    expect(read.body).toEqual({ status: 'open', text: 'hello' });
    expect(read.headers.get('etag')).toBe('"1"');
  });

  it('refuses a change of another version than If-Match names', async () => {
    const { body } = await written('first');
    const path = `/notes/v1/notes/${String(body['id'])}`;
    expect((await send('PUT', path, { text: 'second' }, { 'if-match': '"1"' })).body).toMatchObject({ version: 2 });
    expect(await send('PUT', path, { text: 'third' }, { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      body: { code: 'version_mismatch' },
    });
  });

  it('is ready while its database answers', async () => {
    expect(await send('GET', '/health/ready', undefined, { authorization: '' })).toMatchObject({
      status: 200,
      body: { ok: true, findings: [] },
    });
    expect((await send('GET', '/health/live', undefined, { authorization: '' })).status).toBe(200);
  });
});

describe('nothing is open', () => {
  it('without a token, with a bad one, or without the role: in that order, and before the body is looked at', async () => {
    const none = await send('POST', '/notes/v1/notes', '{"broken', { authorization: '' });
    expect(none).toMatchObject({
      status: 401,
      body: { code: 'invalid_token', instance: '/notes/v1/notes', errors: [] },
    });
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="identity-hub"');
    expect(none.headers.get('content-type')).toBe('application/problem+json');
    const bad = await written('x', { authorization: 'Bearer x.y.z' });
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const other = await send('POST', '/notes/v1/notes', '{"broken', { authorization: `Bearer ${auditorToken}` });
    expect(other).toMatchObject({
      status: 403,
      body: { code: 'insufficient_role', detail: 'this needs a token with the role requester' },
    });
  });

  it('by forgetting to say for whom', async () => {
    expect((await send('GET', '/notes/v1/notes/for/nobody')).status).toBe(403);
  });
});

describe('bad input', () => {
  it('is answered with every field and mend', async () => {
    const answer = await send('POST', '/notes/v1/notes', { text: '', colour: 'red' });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_input',
        errors: expect.arrayContaining([
          { pointer: '/colour', detail: 'is not a field known here: leave it out' },
          { pointer: '/text', detail: 'must be longer than or equal to 1 characters' },
        ]),
      },
    });
  });

  it('that is no JSON, no object, too deep or not UTF-8 is 400', async () => {
    expect((await send('POST', '/notes/v1/notes', '{"text": ')).body).toMatchObject({
      status: 400,
      code: 'malformed_json',
    });
    for (const body of ['[]', '"x"', 'null', `{"text": ${'['.repeat(5000)}${']'.repeat(5000)}}`]) {
      expect((await send('POST', '/notes/v1/notes', body)).status).toBe(400);
    }
    const response = await fetch(`${url}/notes/v1/notes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    });
    expect(response.status).toBe(400);
  });

  it('of another kind is 415, and too much of it 413', async () => {
    for (const type of ['text/plain', 'application/jsonx', 'application/json; charset=latin1', '']) {
      expect((await send('POST', '/notes/v1/notes', '{}', { 'content-type': type })).status).toBe(415);
    }
    expect(await send('POST', '/notes/v1/notes', { text: 'x'.repeat(1024 * 1024) })).toMatchObject({
      status: 413,
      body: { code: 'too_large' },
    });
  });

  it('in a query is named, too', async () => {
    expect((await send('GET', '/notes/v1/notes?limit=7')).body).toMatchObject({ limit: 7 });
    expect((await send('GET', '/notes/v1/notes?limit=501')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/limit' }],
    });
    expect((await send('GET', '/notes/v1/notes?sort=up')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/sort' }],
    });
  });

  it('for a route that is not there is 404', async () => {
    expect((await send('GET', '/notes/v2/x')).body).toMatchObject({
      status: 404,
      code: 'not_found',
      instance: '/notes/v2/x',
    });
    expect((await send('GET', '/elsewhere')).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await send('GET', '/notes/v1/notes/7')).body).toMatchObject({ status: 404, detail: 'there is no note 7' });
    expect((await send('GET', '/notes/%zz')).status).toBe(400);
  });

  it('that the facts forbid has the status of that refusal', async () => {
    expect((await send('POST', '/notes/v1/notes/7/close')).body).toMatchObject({ status: 403, code: 'note.not_open' });
  });

  it('does not keep a route from reading a stream', async () => {
    expect(await send('POST', '/notes/v1/notes/stream', 'a,b\n1,2\n', { 'content-type': 'text/csv' })).toMatchObject({
      status: 202,
      body: { bytes: 8 },
    });
  });

  it('leaves no unexpected failure behind', () =>
    expect(logged.filter((line) => line.includes('"level":50'))).toEqual([]));
});

describe('Idempotency-Key', () => {
  it('gives the stored answer again, to the same caller only', async () => {
    const key = { 'idempotency-key': 'k-1' };
    const first = await written('once', key);
    const second = await written('once', key);
    expect(second.body).toEqual(first.body);
    expect([second.status, second.headers.get('location'), second.headers.get('idempotent-replayed')]).toEqual([
      201,
      first.headers.get('location'),
      'true',
    ]);
  });

  it('of another request is 422, and of one still running 409', async () => {
    await written('a', { 'idempotency-key': 'k-2' });
    expect((await written('b', { 'idempotency-key': 'k-2' })).body).toMatchObject({
      status: 422,
      code: 'idempotency.key_reused',
    });
    gate.passed = new Promise((resolve) => (gate.open = resolve));
    const both = [written('slow', { 'idempotency-key': 'k-3' }), written('slow', { 'idempotency-key': 'k-3' })];
    expect((await Promise.race(both)).body).toMatchObject({ status: 409, code: 'idempotency.running' });
    gate.open();
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('counts for nothing when the request was refused, and is free after a day', async () => {
    const key = { 'idempotency-key': 'k-4' };
    expect((await written('', key)).status).toBe(400);
    expect((await written('good', key)).status).toBe(201);
    const before = await written('good', key);
    clock.advance(11 * 3_600_000);
    expect((await written('good', key)).body).toEqual(before.body);
    expect((await written('x', { 'idempotency-key': 'has space' })).status).toBe(400);
  });
});

describe('the API document', () => {
  it('is OpenAPI 3.1 and open, with the page that shows it', async () => {
    const document = (await send('GET', '/docs-json', undefined, { authorization: '' })).body;
    expect(document).toMatchObject({
      openapi: '3.1.0',
      paths: { '/notes/v1/notes': { post: { summary: 'Write a note' } } },
    });
    const page = await fetch(`${url}/docs`);
    expect(await page.text()).toContain('swagger-ui-bundle.js');
    expect((await fetch(`${url}/docs/swagger-ui.css`)).status).toBe(200);
    expect((await fetch(`${url}/docs/package.json`)).status).toBe(404);
  });
});
