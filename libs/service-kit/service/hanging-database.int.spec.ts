import { eventually } from '../../../test/support/eventually.js';
import { wireTo, type Wire } from '../../../test/support/wire.js';
import { gate } from './service.fixtures.js';
import { serviceUnderTest, type Answer, type ServiceUnderTest } from './service-under-test.fixtures.js';
import { some } from '../../../test/support/some.js';

const limits = { connectionMs: 1_000, statementMs: 700, answerMs: 1_000 };

/** Much longer than the limits, much shorter than for ever. */
const soonMs = 10_000;
const timeoutMs = 30_000;

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
  it(
    'is answered with 503 in time, and served again when the database answers',
    async () => {
      const written = await service.write('before');
      const path = String(written.headers.get('location'));
      wire.hang();
      const started = performance.now();
      const answers = await Promise.all(Array.from({ length: 10 }, () => service.send('GET', path)));
      expect(performance.now() - started).toBeLessThan(soonMs);
      for (const { status, headers, body } of some(answers)) {
        expect([status, headers.get('retry-after')]).toEqual([503, '1']);
        expect(body).toMatchObject({ code: 'unavailable', instance: path });
      }
      wire.mend();
      await eventually(async () => (await service.send('GET', path)).status === 200);
      expect(service.logged).toEqual([]);
    },
    timeoutMs,
  );

  it(
    'says that it may have been carried out when the answer to its change is lost, and does it once when repeated under its key',
    async () => {
      gate.passed = new Promise((resolve) => (gate.open = resolve));
      const write = (): Promise<Answer> => service.write('lost', { 'idempotency-key': 'lost' });
      const both = [write(), write()];
      expect((await Promise.race(both)).body).toMatchObject({ code: 'idempotency.running' });
      wire.hang('questions');
      gate.open();
      const lost = (await Promise.all(both)).find(({ status }) => status === 503);
      expect(lost?.headers.get('retry-after')).toBe('1');
      expect(lost?.body).toMatchObject({ code: 'outcome_unknown', detail: expect.stringContaining('Idempotency-Key') });
      wire.mend();
      const again = await eventually(async () => {
        const answer = await write();
        return answer.status === 201 ? answer : undefined;
      });
      const { body: all } = await service.send('GET', '/notes/v1/notes/of/lost');
      expect(all).toEqual({ ids: [again.body['id']] });
      expect((await write()).headers.get('idempotent-replayed')).toBe('true');
    },
    timeoutMs,
  );
});
