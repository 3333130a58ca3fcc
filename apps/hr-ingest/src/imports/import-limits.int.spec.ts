import { eventually } from '../../../../test/support/eventually.js';
import { runningHr, type RunningHr } from '../hr-ingest.fixtures.js';

const header = 'employeeId,givenName,familyName,department,hireDate\n';
const row = (n: number) => `${n},Given ${n},Family ${n},Sales,2026-01-05\n`;
const rows = (count: number, from = 1) => Array.from({ length: count }, (_, n) => row(from + n)).join('');

describe('limits of imports', () => {
  let hr: RunningHr;
  beforeEach(async () => {
    process.env['HR_IMPORT_MAX_BYTES'] = '4000000';
    process.env['HR_IMPORT_MAX_ROWS'] = '20000';
    hr = await runningHr();
  });
  afterEach(async () => {
    delete process.env['HR_IMPORT_MAX_BYTES'];
    delete process.env['HR_IMPORT_MAX_ROWS'];
    await hr.stop();
  });

  const post = async (body: string, subject = 'feed') =>
    await hr.call('POST', '/hr/v1/imports?mode=delta', body, { subject });
  const finished = async (path: string) =>
    await eventually(
      async () => {
        const { body } = await hr.call('GET', path);
        return body.status === 'running' ? undefined : body;
      },
      { timeoutMs: 60_000 },
    );

  it('store of unreadable rows no more than the first thousand, and count the others', async () => {
    const { headers } = await post(`${header}${'z\n'.repeat(15_000)}${rows(2)}`);
    const state = await finished(headers.get('location') ?? '');
    expect(state).toMatchObject({
      status: 'completed',
      total: 15_002,
      processed: 15_002,
      rejected: 15_000,
      created: 2,
    });
    expect(state.rejections).toHaveLength(1_000);
    const [stored] = await hr.db.query<{ n: number }>(`select count(*)::int as n from hr.import_rejection`);
    expect(stored?.n).toBe(1_000);
  });

  it.each([
    ['rows', `${header}${'z\n'.repeat(20_001)}`, '20000 rows'],
    [
      'bytes',
      `${header}${rows(1)}${'x'.repeat(999_999)}\n${'y'.repeat(999_999)}\n${'z'.repeat(999_999)}\n${'w'.repeat(999_999)}\n${rows(20)}`,
      '4000000 bytes',
    ],
  ])('refuse a file of too many %s, and store nothing of it', async (_, body, named) => {
    const answer = await post(body);
    expect([answer.status, answer.body.code, answer.body.detail]).toEqual([
      413,
      'import.too_large',
      expect.stringContaining(named),
    ]);
    expect(await hr.db.query(`select 1 from hr.import`)).toEqual([]);
    expect(await hr.db.query(`select 1 from hr.import_chunk`)).toEqual([]);
  });

  it('let sources take turns, while files of one source apply in their order', async () => {
    const big = (await post(header + rows(8_000))).headers.get('location') ?? '';
    const second = (await post(`${header}1,Given 1,Family 1,Research,2026-01-05\n`)).headers.get('location') ?? '';
    const other = (await post(header + rows(150, 50_000), 'another feed')).headers.get('location') ?? '';
    expect(await finished(other)).toMatchObject({ status: 'completed', created: 150 });
    expect((await hr.call('GET', big)).body.status).toBe('running');
    expect(await finished(second)).toMatchObject({ changed: 1 });
    expect((await hr.call('GET', big)).body.status).toBe('completed');
    expect((await hr.call('GET', '/hr/v1/workers/1')).body.department).toBe('Research');
  }, 120_000);
});
