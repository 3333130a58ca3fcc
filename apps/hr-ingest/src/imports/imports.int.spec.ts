import { eventually } from '../../../../test/support/eventually.js';
import { loseAnswers } from '../../../../test/support/lost-answers.js';
import { runningHr, type Answer, type RunningHr } from '../hr-ingest.fixtures.js';
import { some } from '../../../../test/support/some.js';

/** What is known of a body at compile time: that it has members. */
type Body = Record<string, unknown>;
const bodyOf = async (answer: Promise<Answer>): Promise<Body> => (await answer).body as Body;

const header = 'employeeId,givenName,familyName,department,hireDate';
const row = (n: number, department = 'Sales') => `${n},Given ${n},Family ${n},${department},2026-01-05`;
const file = (rows: readonly string[], first = header) => `${[first, ...rows].join('\n')}\n`;
const many = (count: number, from = 1, department = 'Sales') =>
  Array.from({ length: count }, (_, n) => row(from + n, department));

describe('imports', () => {
  let hr: RunningHr;
  beforeEach(async () => {
    hr = await runningHr();
  });
  afterEach(() => hr.stop());

  const post = (body: string, query = '?mode=delta', headers = {}) =>
    hr.call('POST', `/hr/v1/imports${query}`, body, { headers });
  const get = async (path: string) => await bodyOf(hr.call('GET', path));
  const locationOf = (answer: Answer) => {
    expect([answer.status, answer.headers.get('location')]).toEqual([
      202,
      expect.stringMatching(/^\/hr\/v1\/imports\/[0-9a-f-]{36}$/),
    ]);
    return answer.headers.get('location') ?? '';
  };
  const finished = (path: string) =>
    eventually(async () => {
      const state = await get(path);
      return state['status'] === 'running' ? undefined : state;
    });
  const run = async (body: string, headers = {}) =>
    await finished(locationOf(await post(body, '?mode=delta', headers)));
  const one = async (sql: string) =>
    Number((await hr.db.query<{ n: string }>(`select count(*) as n from ${sql}`))[0]?.n);

  it('apply every row, and tell what came of it', async () => {
    expect(await run(file(many(350)))).toMatchObject({
      mode: 'delta',
      status: 'completed',
      total: 350,
      processed: 350,
      created: 350,
      rejected: 0,
      rejections: [],
    });
    const moved = [...many(3, 1, 'Research'), '4,Given 4,Family 4,Sales,2026-01-05'];
    expect(await run(file(moved))).toMatchObject({ total: 4, changed: 3, unchanged: 1 });
    expect(await one('hr.events')).toBe(353);
    expect(await one('hr.import_chunk')).toBe(0);
  });

  it('once when the answer was lost: repeated under its Idempotency-Key it is found, or received again where it was incomplete', async () => {
    const send = () => post(file(many(150)), '?mode=delta', { 'idempotency-key': 'lost-1' });
    const first = locationOf(await send());
    await finished(first);
    await loseAnswers(hr.db, 'hr');
    expect(locationOf(await send())).toBe(first);
    expect(await one('hr.import')).toBe(1);
    const replayed = await send();
    expect([locationOf(replayed), replayed.headers.get('idempotent-replayed')]).toEqual([first, 'true']);

    await hr.db.query(`update hr.import set received = false`);
    await loseAnswers(hr.db, 'hr');
    expect(locationOf(await send())).toBe(first);
    expect(await finished(first)).toMatchObject({ status: 'completed', total: 150, unchanged: 150 });
    expect(await one('hr.import')).toBe(1);
  });

  it('twice: the same file again leaves every row unchanged', async () => {
    await run(file(many(150)));
    expect(await run(file(many(150)))).toMatchObject({ status: 'completed', created: 0, changed: 0, unchanged: 150 });
    expect(await one('hr.events')).toBe(150);
  });

  it('reject a broken row with its line and field, and go on', async () => {
    const rows = many(250);
    rows[99] = '100,"Given 100,Family 100,Sales,2026-01-05';
    rows[149] = '150,Given 150,,Sales,2026-13-05';
    rows[199] = '200,Given 200,Family 200';
    const state = await run(file(rows));
    expect(state).toMatchObject({ status: 'completed', total: 250, processed: 250, created: 247, rejected: 3 });
    expect(state['rejections']).toEqual([
      { line: 101, employeeId: null, field: null, detail: expect.stringContaining('quote') },
      { line: 151, employeeId: '150', field: 'familyName', detail: expect.stringContaining('is missing') },
      { line: 151, employeeId: '150', field: 'hireDate', detail: expect.stringContaining('must be a date') },
      { line: 201, employeeId: '200', field: 'department', detail: expect.stringContaining('3 values for 5 columns') },
    ]);
    expect((await hr.call('GET', '/hr/v1/workers/251')).status).toBe(404);
    expect((await hr.call('GET', '/hr/v1/workers/250')).status).toBe(200);
  });

  it('leave alone what has no column, and clear with an empty cell', async () => {
    await run(file(['1,Ada,Lovelace,Sales,2026-01-05']));
    expect(await run('employeeId,givenName,email\n1,,ada@example.com\n')).toMatchObject({ changed: 1 });
    const worker = await get('/hr/v1/workers/1');
    expect(worker).toMatchObject({ familyName: 'Lovelace', department: 'Sales', email: 'ada@example.com' });
    expect(worker).not.toHaveProperty('givenName');
  });

  it('read a number and a text alike, whatever blanks and quotes are around them', async () => {
    const first = 'employeeId,familyName,department,hireDate';
    const rows = [
      '1,Hopper,Sales,2026-01-05',
      '" 1\u00a0","Hopper ","Sales  ",2026-01-05',
      '\u200b1,"Hopper",Sales ,2026-01-05',
    ];
    expect(await run(file(rows, first))).toMatchObject({ created: 1, unchanged: 2, rejected: 0 });
    expect(await get('/hr/v1/workers/1')).toMatchObject({ employeeId: '1', familyName: 'Hopper', department: 'Sales' });
  });

  it('reject a number that differs only in case from one known, or from one of the same file', async () => {
    expect(
      await run(file(['gAbC,Given,Hopper,Sales,2026-01-05', 'gaBc,Given,Lovelace,Sales,2026-01-05'])),
    ).toMatchObject({
      created: 1,
      rejections: [{ line: 3, field: 'employeeId', detail: expect.stringContaining('only in case from "gAbC"') }],
    });
    expect(await run(file(['GABC,Given,Hopper,Sales,2026-01-05']))).toMatchObject({ rejected: 1 });
    expect(await one('hr.worker')).toBe(1);
  });

  it('count ends as terminated, take rows of one worker in their order, and read a byte order mark and CRLF', async () => {
    const rows = [
      '1,Lovelace,2026-01-05,',
      '2,Hopper,2026-01-05,',
      '1,Lovelace,2026-01-05,2026-02-28',
      '1,King,2026-01-05,2026-02-28',
    ];
    const body = `\ufeffemployeeId,familyName,hireDate,terminationDate\r\n${rows.join('\r\n')}\r\n`;
    expect(await run(body)).toMatchObject({ total: 4, created: 2, terminated: 1, changed: 1 });
    expect(await get('/hr/v1/workers/1')).toMatchObject({ familyName: 'King', employed: false });
  });

  it('take NDJSON, where a list is a list', async () => {
    const lines = [
      '{"employeeId":"1","familyName":"Lovelace","hireDate":"2026-01-05","phoneNumbers":["+1"]}',
      '{"employeeId":"2"}',
      'x',
    ];
    const state = await run(lines.join('\n'), { 'content-type': 'application/x-ndjson' });
    expect(state).toMatchObject({ total: 3, created: 1, rejected: 2 });
    expect((state['rejections'] as { line: number }[]).map(({ line }) => line)).toEqual([2, 2, 3]);
  });

  it('reject a row that no database can hold, and go on', async () => {
    const worker = { employeeId: '1', familyName: 'Lovelace', hireDate: '2026-01-05' };
    const rows = [{ ...worker, personId: 'P\0' }, { ...worker, '\0': 1 }, { ...worker, familyName: '\ud800' }, worker];
    const state = await run(rows.map((row) => JSON.stringify(row)).join('\n'), {
      'content-type': 'application/x-ndjson',
    });
    expect(state).toMatchObject({ status: 'completed', total: 4, created: 1, rejected: 3 });
  });

  it('refuse an unknown column by name before anything is applied or stored', async () => {
    const answer = await post(file(many(5), header.replace('department', 'dept')));
    expect([answer.status, answer.body.errors]).toEqual([
      400,
      [{ pointer: '/dept', detail: expect.stringContaining('column 4 "dept"') }],
    ]);
    expect([await one('hr.import'), await one('hr.events')]).toEqual([0, 0]);
  });

  it('refused before their end tell the caller that the connection ends with them', async () => {
    const answer = await post(file(many(50_000), header.replace('department', 'dept')));
    expect([answer.status, answer.headers.get('connection')]).toEqual([400, 'close']);
    expect((await post(file(many(1)))).status).toBe(202);
  });

  it.each([
    ['another mode', '?mode=patch', {}, 400, 'must be delta or full'],
    ['no mode', '', {}, 400, 'must be delta'],
    ['an unknown parameter', '?mode=delta&people=all', {}, 400, 'is an unknown field'],
    ['another kind of body', '?mode=delta', { 'content-type': 'application/json' }, 415, 'text/csv'],
    ['a compressed body', '?mode=delta', { 'content-encoding': 'gzip' }, 415, 'not compressed'],
  ])('refuse %s by name', async (_, query, headers, status, detail) => {
    const answer = await post(file(many(1)), query, headers);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(detail)]);
  });

  it('of a header alone complete with nothing', async () => {
    expect(await run(`${header}\n`)).toMatchObject({ status: 'completed', total: 0 });
  });

  it('go on where they stood after a restart, each row once', async () => {
    const path = locationOf(await post(file(many(2_000))));
    await eventually(async () => Number((await get(path))['processed']) >= 200);
    await hr.restart();
    expect(await finished(path)).toMatchObject({ status: 'completed', total: 2_000, processed: 2_000, created: 2_000 });
    expect([await one('hr.events'), await one('hr.worker')]).toEqual([2_000, 2_000]);
  });

  it('are applied once by two processes at work', async () => {
    await hr.another();
    const paths = await Promise.all([0, 1, 2].map(async (n) => locationOf(await post(file(many(500, n * 500))))));
    for (const path of some(paths)) expect(await finished(path)).toMatchObject({ processed: 500, created: 500 });
    expect(await one('hr.events')).toBe(1_500);
  });

  it('let single statements in between, and lose none of either', async () => {
    const path = locationOf(await post(file(many(1_500))));
    const body = { familyName: 'Put', hireDate: '2026-01-05' };
    const answers = [];
    for (let n = 1; n <= 40; n += 1) answers.push(await hr.call('PUT', `/hr/v1/workers/${n * 37}`, body));
    expect(some(answers).every(({ status }) => status === 200 || status === 201)).toBe(true);
    expect(await finished(path)).toMatchObject({ status: 'completed', processed: 1_500 });
    expect(await one('hr.worker')).toBe(1_500);
  });

  it('can be cancelled while under way, and not afterwards', async () => {
    const path = locationOf(await post(file(many(3_000))));
    const answer = await hr.call('POST', `${path}/cancel`);
    expect([answer.status, answer.body.status]).toEqual([200, 'cancelled']);
    const { processed } = await get(path);
    expect(await run(file(many(1, 9_000)))).toMatchObject({ created: 1 });
    expect((await get(path))['processed']).toBe(processed);
    expect(await one('hr.import_chunk')).toBe(0);
    const again = await hr.call('POST', `${path}/cancel`);
    expect([again.status, again.body.code]).toEqual([409, 'import.not_running']);
  });

  it('that meet a piece nobody can store end as failed, keep what came before, and hold up no other', async () => {
    await hr.db.query(
      `create function hr.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
    );
    await hr.db.query(
      `create trigger refuse before insert on hr.worker for each row when (new.employee_id = '250') execute function hr.refuse()`,
    );
    const path = locationOf(await post(file(many(400))));
    const next = locationOf(await post(file(many(1, 900))));
    expect(await finished(path)).toMatchObject({
      status: 'failed',
      processed: 200,
      created: 200,
      detail: expect.stringContaining('lines 202 to 301'),
    });
    expect(await finished(next)).toMatchObject({ status: 'completed', created: 1 });
    expect([await one('hr.worker'), await one('hr.import_chunk')]).toEqual([201, 0]);
  });

  it('of many who start on one day set one timer each, which fire together and once', async () => {
    const rows = Array.from({ length: 450 }, (_, n) => `${n},Given,Family,Sales,2026-03-09`);
    expect(await run(file(rows))).toMatchObject({ created: 450 });
    expect([await one('hr.timer'), await one(`hr.events where type = 'WorkerRecorded'`)]).toEqual([450, 450]);
    hr.clock.set('2026-03-09T08:00:00Z');
    await eventually(async () => (await one('hr.timer')) === 0);
    expect(await one(`hr.events where type = 'WorkerHired'`)).toBe(450);
    expect(await one('hr.worker where employed')).toBe(450);
  });

  it('are listed newest first, and readable by hr-operators', async () => {
    await run(file(many(1)));
    await run(file(many(2)));
    const list = await hr.call('GET', '/hr/v1/imports?limit=1', undefined, { roles: 'hr-operator' });
    expect(list.body).toMatchObject({ items: [{ total: 2 }], nextCursor: expect.any(String) });
    const rest = await hr.call('GET', `/hr/v1/imports?cursor=${list.body.nextCursor}`);
    expect(rest.body).toMatchObject({ items: [{ total: 1 }], nextCursor: null });
    const filter = encodeURIComponent('status eq "completed" and rejected eq 0 and createdAt lt "2000-01-01"');
    expect((await hr.call('GET', `/hr/v1/imports?filter=${filter}`)).body).toMatchObject({ items: [] });
    expect((await hr.call('GET', '/hr/v1/imports/nonsense')).status).toBe(404);
  });

  it('that break off leave nothing behind', async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from(file(many(1_500)))),
      pull: async (controller) => {
        await eventually(async () => (await one('hr.import_chunk')) > 0);
        controller.error(new Error('the line went dead'));
      },
    });
    await expect(hr.stream('/hr/v1/imports?mode=delta', body)).rejects.toThrow();
    await eventually(async () => (await one('hr.import')) === 0);
    expect([await one('hr.import_chunk'), await one('hr.events')]).toEqual([0, 0]);
  });

  it('rest sealed until they are applied', async () => {
    const path = locationOf(await post(file(many(3_000))));
    const rows = await hr.db.query<{ rows: string }>('select rows from hr.import_chunk');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ rows: text }) => /Family|Given/.test(text))).toBe(false);
    await finished(path);
  });
});
