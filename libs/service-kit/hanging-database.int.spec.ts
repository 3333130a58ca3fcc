import { eventually } from '../../test/support/eventually.js';
import { wireTo, type Wire } from '../../test/support/wire.js';
import { serviceUnderTest, type ServiceUnderTest } from './service-under-test.fixtures.js';

const limits = { connectionMs: 150, statementMs: 200, answerMs: 300 };

let wire: Wire;
let service: ServiceUnderTest;
beforeAll(async () => {
  const wired = async (url: string): Promise<string> => (wire = await wireTo(url)).url;
  service = await serviceUnderTest({ limits, wired });
});
afterEach(() => wire.mend());
afterAll(async () => {
  await service.close();
  await wire.close();
});

describe('a request while the database hangs', () => {
  it('is answered with 503 in time, and served again when the database answers', async () => {
    const written = await service.send('POST', '/notes/v1/notes', { text: 'before' });
    const path = String(written.headers.get('location'));
    wire.hang();
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: 10 }, () => service.send('GET', path)));
    expect(performance.now() - started).toBeLessThan(5_000);
    for (const { status, headers, body } of answers) {
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      expect(body).toMatchObject({ code: 'unavailable', instance: path });
    }
    wire.mend();
    await eventually(async () => (await service.send('GET', path)).status === 200);
    expect(service.logged).toEqual([]);
  });
});
