import { problemMediaType } from '#libs/problems/problem.js';
import { loadSettings } from '../settings/settings.js';
import { serviceUnderTest, type Answer, type ServiceUnderTest } from '../service/service-under-test.fixtures.js';

describe('a service that is sent too much', () => {
  let service: ServiceUnderTest;
  beforeAll(async () => {
    service = await serviceUnderTest({ settings: loadSettings({ RATE_LIMIT_CALLER: '2', RATE_LIMIT_ADDRESS: '1' }) });
  });
  afterAll(() => service.close());

  const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status);
  const times = async (count: number, send: () => Promise<Answer>): Promise<Answer[]> =>
    await Promise.all(Array.from({ length: count }, send));
  const asAuditor = (): Promise<Answer> =>
    service.send('GET', '/notes/v1/notes', undefined, { authorization: `Bearer ${service.tokens.auditor}` });

  it('by one caller answers 429 with Retry-After and a problem document, and the others as before', async () => {
    const answers = await times(25, () => service.send('GET', '/notes/v1/notes'));
    expect(statuses(answers).sort()).toEqual([...Array(20).fill(200), ...Array(5).fill(429)]);
    const [refused] = answers.filter(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    expect(refused?.headers.get('content-type')).toBe(problemMediaType);
    expect(refused?.body).toMatchObject({ status: 429, code: 'too_many_requests', instance: '/notes/v1/notes' });
    // Who may not read notes is told so, as before.
    expect(statuses(await times(5, asAuditor))).toEqual(Array(5).fill(403));
    expect(service.logged.join('')).toMatch(/"code":"too_many_requests"/);
  });

  it('without a token by one address refuses that alone: who has a token gets in from the same address', async () => {
    const strangers = await times(15, () =>
      service.send('GET', '/notes/v1/notes', undefined, { authorization: 'Bearer e30.e30.e30' }),
    );
    expect(statuses(strangers).sort()).toEqual([...Array(10).fill(401), ...Array(5).fill(429)]);
    expect((await asAuditor()).status).toBe(403);
    const documents = await times(15, () => service.send('GET', '/docs-json'));
    expect(statuses(documents).sort()).toEqual([...Array(10).fill(200), ...Array(5).fill(429)]);
    expect((await service.send('GET', '/nowhere')).status).toBe(429);
  });

  it('is asked for its health as often as anybody likes', async () => {
    for (const path of ['/health/live', '/health/ready'])
      expect(statuses(await times(50, () => service.send('GET', path)))).toEqual(Array(50).fill(200));
  });
});
