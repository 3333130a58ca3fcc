import { gate } from '../service/service.fixtures.js';
import { serviceUnderTest, type Answer, type ServiceUnderTest } from '../service/service-under-test.fixtures.js';

const dayMs = 24 * 3_600_000;
let service: ServiceUnderTest;
beforeAll(async () => {
  service = await serviceUnderTest();
});
afterAll(async () => {
  await service.close();
});

describe('Idempotency-Key', () => {
  it('gives the stored answer again, to the same caller only', async () => {
    const key = { 'idempotency-key': 'k-1' };
    const first = await service.write('once', key);
    const second = await service.write('once', key);
    expect(second.body).toEqual(first.body);
    expect([second.status, second.headers.get('location'), second.headers.get('idempotent-replayed')]).toEqual([
      201,
      first.headers.get('location'),
      'true',
    ]);
  });

  it('of another request is 422, and of one still running 409', async () => {
    await service.write('a', { 'idempotency-key': 'k-2' });
    expect((await service.write('b', { 'idempotency-key': 'k-2' })).body).toMatchObject({
      status: 422,
      code: 'idempotency.key_reused',
    });
    gate.passed = new Promise((resolve) => (gate.open = resolve));
    const both = [
      service.write('slow', { 'idempotency-key': 'k-3' }),
      service.write('slow', { 'idempotency-key': 'k-3' }),
    ];
    expect((await Promise.race(both)).body).toMatchObject({ status: 409, code: 'idempotency.running' });
    gate.open();
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('tells streamed bodies of the same length apart', async () => {
    const streamed = async (text: string): Promise<Answer> =>
      await service.send('POST', '/notes/v1/notes/stream', text, {
        'idempotency-key': 'k-5',
        'content-type': 'text/csv',
      });
    expect((await streamed('a,b\n1,2\n')).body).toEqual({ bytes: 8 });
    const again = await streamed('a,b\n1,2\n');
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([{ bytes: 8 }, 'true']);
    expect((await streamed('a,b\n1,3\n')).body).toMatchObject({ status: 422, code: 'idempotency.key_reused' });
  });

  it('counts for nothing when the request was refused, and holds for a day and no longer', async () => {
    const key = { 'idempotency-key': 'k-4' };
    expect((await service.write('', key)).status).toBe(400);
    expect((await service.write('good', key)).status).toBe(201);
    const before = await service.write('good', key);
    expect(before.headers.get('idempotent-replayed')).toBe('true');
    service.clock.advance(dayMs - 1_000);
    expect((await service.write('good', key)).body).toEqual(before.body);
    expect((await service.write('other', key)).status).toBe(422);
    service.clock.advance(2_000);
    const second = await service.write('other', key);
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect((await service.write('x', { 'idempotency-key': 'has space' })).status).toBe(400);
  });

  it('that a dead process held is free at once for who knows it dead, for the same request only', async () => {
    const write = async (text: string): Promise<Answer> => await service.write(text, { 'idempotency-key': 'k-6' });
    gate.passed = new Promise(() => undefined);
    const both = [write('dead'), write('dead')];
    for (const one of both) one.catch(() => undefined);
    expect((await Promise.race(both)).body).toMatchObject({ code: 'idempotency.running' });
    gate.passed = Promise.resolve();
    expect((await write('dead')).body).toMatchObject({ code: 'idempotency.running' });
    const successor = await service.successor();
    expect(
      (await successor.send('POST', '/notes/v1/notes', { text: 'other' }, { 'idempotency-key': 'k-6' })).status,
    ).toBe(422);
    expect(
      (await successor.send('POST', '/notes/v1/notes', { text: 'dead' }, { 'idempotency-key': 'k-6' })).status,
    ).toBe(201);
    await successor.close();
  });
});
