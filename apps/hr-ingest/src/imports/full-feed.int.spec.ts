import { eventually } from '../../../../test/support/eventually.js';
import { runningHr, type RunningHr } from '../hr-ingest.fixtures.js';

const header = 'employeeId,givenName,familyName,department,company,hireDate';
const row = (n: number, more: { family?: string; given?: string; company?: string } = {}) =>
  `${n},${more.given ?? `Given ${n}`},${more.family ?? `Family ${n}`},Sales,${more.company ?? 'Leeds'},2026-01-05`;
const people = (from: number, to: number, more: object = {}) =>
  Array.from({ length: to - from + 1 }, (_, n) => row(from + n, more));
const file = (rows: readonly string[]) => `${[header, ...rows].join('\n')}\n`;
const operator = { roles: 'hr-operator', subject: 'olga' };

describe('a full feed', () => {
  let hr: RunningHr;
  beforeEach(async () => {
    hr = await runningHr();
  });
  afterEach(() => hr.stop());

  const run = async (body: string, query = 'mode=full', more = {}) => {
    const { status, headers, body: told } = await hr.call('POST', `/hr/v1/imports?${query}`, body, more);
    expect([status, told.detail]).toEqual([202, null]);
    const path = headers.get('location') ?? '';
    return await eventually(async () => {
      const { body: state } = await hr.call('GET', path);
      return state.status === 'running' ? undefined : state;
    });
  };
  const worker = async (n: number) => (await hr.call('GET', `/hr/v1/workers/${n}`)).body;
  const decide = async (id: string, decision: 'release' | 'cancel', more = {}) => {
    const path = `/hr/v1/imports/${id}`;
    expect((await hr.call('POST', `${path}/${decision}`, { reason: 'Seen', ...more }, operator)).status).toBe(200);
    return await eventually(async () => {
      const { body: state } = await hr.call('GET', path);
      return state.status === 'running' ? undefined : state;
    });
  };

  it('ends who is left out twice, not who is left out once, and takes it back when they are there again', async () => {
    expect(await run(file(people(1, 200)))).toMatchObject({ status: 'completed', mode: 'full', created: 200 });
    expect(await run(file(people(1, 197)))).toMatchObject({ status: 'completed', unchanged: 197, terminated: 0 });
    expect((await worker(198)).employed).toBe(true);
    expect(await run(file(people(1, 198)))).toMatchObject({ status: 'completed', terminated: 2 });
    expect([(await worker(198)).employed, (await worker(199)).employed, (await worker(200)).employed]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await run(file(people(1, 199)))).toMatchObject({ status: 'completed' });
    expect(await worker(199)).toMatchObject({ employed: true });
    expect(await worker(199)).not.toHaveProperty('accessEndsAt');
    // Left out once more: that counts from the beginning.
    expect(await run(file(people(1, 198)))).toMatchObject({ status: 'completed', terminated: 0 });
    expect((await worker(199)).employed).toBe(true);
  });

  it('ends who is left out once on the word of an hr-operator', async () => {
    await run(file(people(1, 200)));
    await run(file(people(1, 199)));
    const listed = await hr.call('GET', '/hr/v1/missing', undefined, operator);
    expect(listed.body.items).toMatchObject([
      { employeeId: '200', displayName: 'Given 200 Family 200', feeds: 1, endedAt: null },
    ]);
    const path = `/hr/v1/missing/${listed.body.items[0].id}/end`;
    expect((await hr.call('POST', path, {}, operator)).body.errors[0].pointer).toBe('/reason');
    expect((await hr.call('POST', path, { reason: 'She left' })).status).toBe(403);
    const ended = await hr.call('POST', path, { reason: 'She left' }, operator);
    expect([ended.status, ended.body.endedAt]).toEqual([200, '2026-03-02T12:00:00.000Z']);
    expect((await worker(200)).employed).toBe(false);
    await run(file(people(1, 200)));
    expect((await worker(200)).employed).toBe(true);
    expect((await hr.call('POST', path, { reason: 'Again' }, operator)).status).toBe(404);
  });

  it('speaks of its population alone, and of what its own source stated', async () => {
    const both = [...people(1, 100), ...people(101, 200, { company: 'York' })];
    await run(file(both));
    await hr.call(
      'PUT',
      '/hr/v1/workers/900',
      { familyName: 'Else', company: 'Leeds', hireDate: '2026-01-05' },
      { subject: 'portal' },
    );
    const leeds = `mode=full&population=${encodeURIComponent('company eq "Leeds"')}`;
    for (let n = 0; n < 2; n += 1)
      expect(await run(file(people(2, 100)), leeds)).toMatchObject({ status: 'completed' });
    expect([(await worker(1)).employed, (await worker(150)).employed, (await worker(900)).employed]).toEqual([
      false,
      true,
      true,
    ]);
    const wrong = await hr.call('POST', '/hr/v1/imports?mode=full&population=salary%20gt%205', file([]));
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/population']);
    const delta = await hr.call('POST', '/hr/v1/imports?mode=delta&population=company%20pr', file([]));
    expect([delta.status, delta.body.errors[0].pointer]).toEqual([400, '/population']);
  });

  it('counts a rejected row as present', async () => {
    await run(file(people(1, 200)));
    const broken = [...people(1, 198), '199,Given,Family,Sales,Leeds,2026-13-05', '200,Given,Family'];
    for (let n = 0; n < 2; n += 1) expect(await run(file(broken))).toMatchObject({ status: 'completed', rejected: 2 });
    expect([(await worker(199)).employed, (await worker(200)).employed]).toEqual([true, true]);
  });

  it.each([
    ['empty', () => file([])],
    ['truncated', () => file(people(1, 199)) + '200,Given 200,Fam'],
    ['missing', () => file(people(1, 150))],
    [
      'rejected',
      () => file([...people(1, 180), ...people(181, 200).map((line) => line.replace('2026-01-05', '05.01.2026'))]),
    ],
    ['shifted', () => file(people(1, 200).map((line) => line.replace(/^(\d+),([^,]*),([^,]*),/, '$1,$3,$2,')))],
    ['mis-encoded', () => file(people(1, 200)).replace('Family 7,', 'Famil\ufffd 7,')],
  ])('is held whole when it is %s', async (reason, body) => {
    await run(file(people(1, 200)));
    const held = await run(body());
    expect(held).toMatchObject({
      status: 'held',
      processed: expect.any(Number),
      reasons: expect.arrayContaining([reason]),
    });
    expect(await hr.db.query(`select 1 from hr.missing`)).toEqual([]);
    expect((await worker(200)).familyName).toBe('Family 200');
    expect((await decide(held.id, 'cancel')).status).toBe('cancelled');
  });

  it('is held when names of few are read in another encoding', async () => {
    await run(file([...people(1, 199), row(200, { family: 'Müller' })]));
    const held = await run(file([...people(1, 199), row(200, { family: 'MÃ¼ller' })]));
    expect(held).toMatchObject({ status: 'held', reasons: ['mis-encoded'] });
  });

  it('counts a released feed as complete: for all, or for whom the operator names', async () => {
    await run(file(people(1, 200)));
    const first = await run(file(people(1, 150)));
    expect(first).toMatchObject({ status: 'held', reasons: ['missing'] });
    const list = await hr.call(
      'GET',
      `/hr/v1/holds?limit=500&filter=${encodeURIComponent('kind eq "missing"')}`,
      undefined,
      operator,
    );
    expect(list.body.items).toHaveLength(50);
    expect(await decide(first.id, 'release', { employeeIds: ['199', '200'] })).toMatchObject({ status: 'completed' });
    const second = await run(file(people(1, 150)));
    await decide(second.id, 'release');
    expect([(await worker(199)).employed, (await worker(198)).employed]).toEqual([false, true]);
  });
});
