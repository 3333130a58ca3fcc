import { serviceUnderTest, type ServiceUnderTest } from './service-under-test.fixtures.js';
import { some } from '../../../test/support/some.js';

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await serviceUnderTest();
});
afterAll(async () => {
  await service.close();
});

describe('a service', () => {
  it('takes a command and shows what it did', async () => {
    const answer = await service.write('hello');
    expect(answer.status).toBe(201);
    const location = answer.headers.get('location') ?? '';
    const read = await service.send('GET', location);
    expect(read.body).toEqual({ status: 'open', text: 'hello' });
    expect(read.headers.get('etag')).toBe('"1"');
  });

  it('refuses a change of another version than If-Match names', async () => {
    const { body } = await service.write('first');
    const path = `/notes/v1/notes/${String(body['id'])}`;
    expect((await service.send('PUT', path, { text: 'second' }, { 'if-match': '"1"' })).body).toMatchObject({
      version: 2,
    });
    expect(await service.send('PUT', path, { text: 'third' }, { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      body: { code: 'version_mismatch' },
    });
  });

  it('is ready while its database answers', async () => {
    expect(await service.send('GET', '/health/ready', undefined, { authorization: '' })).toMatchObject({
      status: 200,
      body: { ok: true, findings: [] },
    });
    expect((await service.send('GET', '/health/live', undefined, { authorization: '' })).status).toBe(200);
  });
});

describe('nothing is open', () => {
  it('without a token, with a bad one, or without the role: in that order, and before the body is looked at', async () => {
    const none = await service.send('POST', '/notes/v1/notes', '{"broken', { authorization: '' });
    expect(none).toMatchObject({
      status: 401,
      body: { code: 'invalid_token', instance: '/notes/v1/notes', errors: [] },
    });
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="identity-hub"');
    expect(none.headers.get('content-type')).toBe('application/problem+json');
    const bad = await service.write('x', { authorization: 'Bearer x.y.z' });
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const other = await service.send('POST', '/notes/v1/notes', '{"broken', {
      authorization: `Bearer ${service.tokens.auditor}`,
    });
    expect(other).toMatchObject({
      status: 403,
      body: { code: 'insufficient_role', detail: 'this needs a token with the role requester' },
    });
  });

  it('but what says so', async () => {
    expect((await service.send('GET', '/notes/v1/notes/for/all', undefined, { authorization: '' })).body).toEqual({
      open: true,
    });
  });

  it('by forgetting to say for whom', async () => {
    expect((await service.send('GET', '/notes/v1/notes/for/nobody')).status).toBe(403);
  });
});

describe('bad input', () => {
  it('is answered with every field and mend', async () => {
    const answer = await service.send('POST', '/notes/v1/notes', { text: '', colour: 'red' });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_input',
        errors: expect.arrayContaining([
          { pointer: '/colour', detail: 'is an unknown field: leave it out' },
          { pointer: '/text', detail: 'must be longer than or equal to 1 characters' },
        ]),
      },
    });
  });

  it('is a query parameter that the route does not know, also where it takes none', async () => {
    for (const [method, path] of some([
      ['GET', '/notes/v1/notes?colour=red'],
      ['GET', '/notes/v1/notes/of/x?colour=red'],
      ['POST', '/notes/v1/notes/0198c0de-0000-7000-8000-0000000000a1/close?colour=red'],
    ] as const)) {
      expect(await service.send(method, path)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/colour', detail: 'is an unknown field: leave it out' }] },
      });
    }
  });

  it('that is no JSON, no object, too deep or not UTF-8 is 400', async () => {
    expect((await service.send('POST', '/notes/v1/notes', '{"text": ')).body).toMatchObject({
      status: 400,
      code: 'malformed_json',
    });
    for (const body of ['[]', '"x"', 'null', `{"text": ${'['.repeat(5000)}${']'.repeat(5000)}}`]) {
      expect((await service.send('POST', '/notes/v1/notes', body)).status).toBe(400);
    }
    expect((await service.send('POST', '/notes/v1/notes', '{"text": "a", "text": "b"}')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/text', detail: 'is given twice: give it once' }],
    });
    const response = await fetch(`${service.url}/notes/v1/notes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${service.tokens.requester}`, 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    });
    expect(response.status).toBe(400);
  });

  it('cannot reach a prototype', async () => {
    for (const body of ['{"text":"x","__proto__":{"admin":true}}', '{"text":"x","more":[{"__proto__":1}]}']) {
      const { body: problem } = await service.send('POST', '/notes/v1/notes', body);
      expect(problem).toMatchObject({ status: 400, errors: [{ pointer: expect.stringMatching(/__proto__$/) }] });
    }
    expect('admin' in {}).toBe(false);
  });

  it('of another kind is 415, and too much of it 413', async () => {
    for (const type of ['text/plain', 'application/jsonx', 'application/json; charset=latin1', '']) {
      expect((await service.send('POST', '/notes/v1/notes', '{}', { 'content-type': type })).status).toBe(415);
    }
    expect(await service.send('POST', '/notes/v1/notes', { text: 'x'.repeat(1024 * 1024) })).toMatchObject({
      status: 413,
      body: { code: 'too_large' },
    });
  });

  it('in a query is named, too', async () => {
    expect((await service.send('GET', '/notes/v1/notes?limit=7')).body).toMatchObject({ limit: 7 });
    expect((await service.send('GET', '/notes/v1/notes?limit=501')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/limit' }],
    });
    expect((await service.send('GET', '/notes/v1/notes?sort=up')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '/sort' }],
    });
  });

  it('for a route that is not there is 404', async () => {
    expect((await service.send('GET', '/notes/v2/x')).body).toMatchObject({
      status: 404,
      code: 'not_found',
      instance: '/notes/v2/x',
    });
    expect((await service.send('GET', '/elsewhere')).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await service.send('GET', '/notes/v1/notes/7')).body).toMatchObject({
      status: 404,
      detail: 'there is no note 7',
    });
    expect((await service.send('GET', '/notes/%zz')).status).toBe(400);
    for (const path of [
      '/docs/constructor',
      '/docs/__proto__',
      '/docs/swagger-ui.css/x',
      '/notes/v1/Notes',
      '/notes/V1/notes',
      '/Notes/v1/notes',
      '/docs-json/x',
      '/health',
      '/health/x',
      '/',
    ])
      expect([path, (await service.send('GET', path)).body]).toMatchObject([path, { status: 404, code: 'not_found' }]);
  });

  it('for a path of another method is 405 and says which', async () => {
    const cases = [
      ['DELETE', '/notes/v1/notes', 'GET, HEAD, POST'],
      ['PATCH', '/notes/v1/notes/7', 'GET, HEAD, PUT'],
      ['GET', '/notes/v1/notes/7/close', 'POST'],
      ['POST', '/health/ready', 'GET, HEAD'],
      ['DELETE', '/docs-json', 'GET, HEAD'],
      ['PUT', '/docs/swagger-ui.css', 'GET, HEAD'],
    ] as const;
    for (const [method, path, allow] of some(cases)) {
      const { status, headers, body } = await service.send(method, path, method === 'GET' ? undefined : {});
      expect([path, status, headers.get('allow'), body['code']]).toEqual([path, 405, allow, 'method_not_allowed']);
    }
  });

  it('with very many fields is refused fast and in few words', async () => {
    const many = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, at]));
    const floods = [
      many(9_000),
      many(60_000),
      { text: 'x', more: [many(5_000), many(5_000)] },
      { ['x'.repeat(900_000)]: 1 },
    ];
    const before = process.cpuUsage();
    for (const flood of some(floods)) {
      const { status, body } = await service.send('POST', '/notes/v1/notes', flood);
      expect([status, body['code']]).toEqual([400, 'invalid_input']);
      expect((body['errors'] as object[]).length).toBeLessThanOrEqual(20);
      expect(JSON.stringify(body).length).toBeLessThan(10_000);
    }
    // Of the client, too. Time on the clock says little where others work on the same machine.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
  });

  it('that the facts forbid has the status of that refusal', async () => {
    expect((await service.send('POST', '/notes/v1/notes/7/close')).body).toMatchObject({
      status: 403,
      code: 'note.not_open',
    });
  });

  it('does not keep a route from reading a stream', async () => {
    expect(
      await service.send('POST', '/notes/v1/notes/stream', 'a,b\n1,2\n', { 'content-type': 'text/csv' }),
    ).toMatchObject({
      status: 202,
      body: { bytes: 8 },
    });
  });

  it('leaves no unexpected failure behind', () =>
    expect(service.logged.filter((line) => line.includes('"level":50'))).toEqual([]));
});

describe('the API document', () => {
  it('is OpenAPI 3.1 and open, with the page that shows it', async () => {
    const document = (await service.send('GET', '/docs-json', undefined, { authorization: '' })).body;
    expect(document).toMatchObject({
      openapi: '3.1.0',
      paths: { '/notes/v1/notes': { post: { summary: 'Write a note' } } },
    });
    const { post } =
      (document['paths'] as Record<string, Record<string, { security?: object[]; parameters: object[] }>>)[
        '/notes/v1/notes'
      ] ?? {};
    expect(post?.parameters).toContainEqual(expect.objectContaining({ name: 'Idempotency-Key', in: 'header' }));
    const { securitySchemes } = document['components'] as { securitySchemes: object };
    const required = [document['security'], ...(post?.security ?? [])].flat() as object[];
    for (const scheme of some(required)) expect(securitySchemes).toHaveProperty(Object.keys(scheme));
    const page = await fetch(`${service.url}/docs`);
    expect(await page.text()).toContain('swagger-ui-bundle.js');
    expect((await fetch(`${service.url}/docs/swagger-ui.css`)).status).toBe(200);
    expect((await fetch(`${service.url}/docs/package.json`)).status).toBe(404);
  });

  it('of the messages between services is AsyncAPI 3 and open, too', async () => {
    const { status, headers, body } = await service.send('GET', '/asyncapi.json', undefined, { authorization: '' });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(body).toMatchObject({
      asyncapi: '3.0.0',
      channels: { 'hub-hr-lifecycle': { address: 'hub.hr.lifecycle' } },
      components: { messages: { 'hub.hr.worker.hired.v1': { payload: { type: 'object' } } } },
    });
    expect((await fetch(`${service.url}/asyncapi.json/x`)).status).toBe(404);
    expect((await service.send('POST', '/asyncapi.json', {})).status).toBe(405);
  });
});
