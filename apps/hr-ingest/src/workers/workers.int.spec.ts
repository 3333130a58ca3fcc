import { eventually } from '../../../../test/support/eventually.js';
import { runningHr, type RunningHr } from '../hr-ingest.fixtures.js';
import { some } from '../../../../test/support/some.js';

const ada = {
  givenName: 'Ada',
  familyName: 'Lovelace',
  department: 'Engineering',
  managerId: '1000',
  hireDate: '2026-01-05',
};

describe('workers over HTTP', () => {
  let hr: RunningHr;
  beforeAll(async () => {
    hr = await runningHr();
  });
  afterAll(() => hr.stop());

  const put = (employeeId: string, body: object, more = {}) =>
    hr.call('PUT', `/hr/v1/workers/${employeeId}`, body, more);
  const types = ({ body }: { body: { events: { type: string }[] } }) => body.events.map(({ type }) => type);
  const facts = async (employeeId: string) => {
    const rows = await hr.db.query<{
      type: string;
      v: number;
      stream: string;
      correlation_id: string;
      causation_id: string | null;
      id: string;
    }>(
      `select e.type, e.stream, e.correlation_id, e.causation_id, e.id from hr.events e join hr.worker w on e.stream = 'worker-' || w.worker
       where w.employee_id = $1 order by e.version`,
      [employeeId],
    );
    return rows;
  };

  it('a new worker is 201 with the worker and the hire', async () => {
    const answer = await put('1001', ada);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      worker: {
        employeeId: '1001',
        ...ada,
        id: expect.any(String),
        person: expect.any(String),
        employed: true,
        onLeave: false,
      },
      events: [{ id: expect.any(String), type: 'hub.hr.worker.hired.v1' }],
    });
    expect([answer.headers.get('etag'), answer.headers.get('location')]).toEqual(['"1"', '/hr/v1/workers/1001']);
    const got = await hr.call('GET', '/hr/v1/workers/1001', undefined, { roles: 'hr-operator' });
    expect([got.status, got.body]).toEqual([200, answer.body.worker]);
  });

  it('twice: the same statement again causes nothing', async () => {
    await put('1002', ada);
    const again = await put('1002', { ...ada, employeeId: '1002', email: null });
    expect([again.status, again.body.events]).toEqual([200, []]);
    expect(await facts('1002')).toHaveLength(1);
  });

  it('what is absent is cleared', async () => {
    await put('1003', ada);
    const moved = await put('1003', { ...ada, department: undefined, managerId: undefined });
    expect(types(moved)).toEqual(['hub.hr.worker.moved.v1']);
    expect(moved.body.worker).not.toHaveProperty('department');
  });

  it('many at once for one number make one worker, and each change counts once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => put('1004', ada)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => String(body.worker.id))).size).toBe(1);
    expect(await facts('1004')).toHaveLength(1);
  });

  it('many at once for one personId make one person', async () => {
    const answers = await Promise.all(['1', '2', '3', '4'].map((n) => put(`p${n}`, { ...ada, personId: 'P-1' })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => String(body.worker.person))).size).toBe(1);
    const other = await put('p4', { ...ada, personId: 'P-2' });
    expect([other.status, other.body.code, other.body.errors]).toEqual([
      409,
      'worker.person_differs',
      [{ pointer: '/personId', detail: expect.stringContaining('another person') }],
    ]);
  });

  it('a first day to come waits, and comes by itself exactly once, in the default zone', async () => {
    const answer = await put('1005', { ...ada, hireDate: '2026-03-03', terminationDate: '2026-03-04' });
    expect([answer.status, types(answer), answer.body.worker.employed]).toEqual([
      201,
      ['hub.hr.worker.recorded.v1'],
      false,
    ]);
    hr.clock.set('2026-03-02T22:59:59Z');
    hr.clock.set('2026-03-02T23:00:00Z');
    await eventually(async () => (await facts('1005')).length === 2);
    const [recorded, hired] = await facts('1005');
    expect(hired).toMatchObject({
      type: 'WorkerHired',
      correlation_id: recorded?.correlation_id,
      causation_id: recorded?.id,
    });
    hr.clock.set('2026-03-05T09:00:00Z');
    await eventually(async () => (await facts('1005')).length === 3);
    expect((await facts('1005')).map(({ type }) => type)).toEqual([
      'WorkerRecorded',
      'WorkerHired',
      'WorkerTerminated',
    ]);
    expect(await hr.db.query(`select * from hr.timer`)).toEqual([]);
  });

  it('twice: a day that fires again finds nothing to say', async () => {
    const { body } = await put('1012', { ...ada, hireDate: '2026-03-06' });
    const [timer] = await hr.db.query<{ kind: string; payload: object }>('select kind, payload from hr.timer');
    hr.clock.set('2026-03-06T09:00:00Z');
    await eventually(async () => (await facts('1012')).length === 2);
    await hr.db.query(`insert into hr.timer (kind, key, due_at, payload) values ($1, $2, $3, $4)`, [
      timer?.kind,
      body.worker.id,
      '2026-03-06T00:00:00Z',
      timer?.payload,
    ]);
    hr.clock.advance(1);
    await eventually(async () => (await hr.db.query('select 1 from hr.timer')).length === 0);
    expect(await facts('1012')).toHaveLength(2);
  });

  it('is told to the other services in the statement that stores it', async () => {
    const { body } = await put('1013', ada);
    const rows = await hr.db.query<{ topic: string; headers: string }>(
      'select topic, headers from bus.message where key = $1',
      [body.worker.person],
    );
    expect(rows).toEqual([{ topic: 'hub.hr.lifecycle', headers: expect.stringContaining(String(body.events[0].id)) }]);
  });

  it('a first day survives a restart', async () => {
    await put('1006', { ...ada, hireDate: '2026-04-01' });
    await hr.restart();
    hr.clock.set('2026-04-01T09:00:00Z');
    await eventually(async () => (await hr.call('GET', '/hr/v1/workers/1006')).body.employed === true);
  });

  it('an end taken back leaves no day to wait for', async () => {
    await put('1007', { ...ada, terminationDate: '2026-12-31' });
    expect(await hr.db.query(`select 1 from hr.timer`)).toHaveLength(1);
    await put('1007', ada);
    expect(await hr.db.query(`select 1 from hr.timer`)).toHaveLength(0);
  });

  it('lists by employeeId, page by page, by a SCIM filter over the fields', async () => {
    for (const n of [1, 2, 3]) await put(`list${n}`, { ...ada, department: `Dept ${n}`, phoneNumbers: [`+${n}`] });
    const page = await hr.call('GET', `/hr/v1/workers?filter=${encodeURIComponent('employeeId sw "list"')}&limit=2`);
    expect((page.body.items as { employeeId: string }[]).map((w) => w.employeeId)).toEqual(['list1', 'list2']);
    const rest = await hr.call(
      'GET',
      `/hr/v1/workers?filter=${encodeURIComponent('employeeId sw "list"')}&cursor=${page.body.nextCursor}`,
    );
    expect([rest.body.items.length, rest.body.nextCursor]).toEqual([1, null]);
    const by = async (filter: string): Promise<number> =>
      ((await hr.call('GET', `/hr/v1/workers?filter=${encodeURIComponent(filter)}`)).body.items as unknown[]).length;
    expect(await by('department eq "Dept 2" and employed eq true')).toBe(1);
    expect(await by('phoneNumbers eq "+3" or accessEndsAt gt "2020-01-01"')).toBe(1);
    expect(await by('hireDate ge "2026-01-05" and employeeId eq "list1"')).toBe(1);
  });

  it.each([
    ['salary eq 5', 'unknown attribute "salary"'],
    ['department eq', 'expected'],
  ])('refuses the filter %s', async (filter, detail) => {
    const answer = await hr.call('GET', `/hr/v1/workers?filter=${encodeURIComponent(filter)}`);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/filter']);
    expect(answer.body.errors[0].detail).toContain(detail);
  });

  it.each([
    ['without hireDate', { hireDate: undefined }, '/hireDate', 'is missing: it must be the first day as YYYY-MM-DD'],
    ['with an unknown field', { salary: 5 }, '/salary', 'is an unknown field'],
    [
      'that ends before it starts',
      { terminationDate: '2025-12-31' },
      '/terminationDate',
      'is before hireDate 2026-01-05',
    ],
    ['with another number than the path', { employeeId: '2' }, '/employeeId', 'differs from the one in the path'],
    [
      'of a contractor without a sponsor',
      { employmentType: 'contractor', terminationDate: '2026-06-30' },
      '/sponsorId',
      'is missing',
    ],
    [
      'of a contractor without an end',
      { employmentType: 'Contractor', sponsorId: '1000' },
      '/terminationDate',
      'is missing',
    ],
    ['with a NUL in a name', { givenName: 'a\u0000' }, '/givenName', 'leave it out'],
  ])('refuses a record %s, naming field and mend', async (_, stated, pointer, detail) => {
    const answer = await put('1008', { ...ada, ...stated });
    expect([answer.status, answer.headers.get('content-type'), answer.body.errors[0].pointer]).toEqual([
      400,
      'application/problem+json',
      pointer,
    ]);
    expect(answer.body.errors[0].detail).toContain(detail);
    expect((await hr.call('GET', '/hr/v1/workers/1008')).status).toBe(404);
  });

  it.each([
    ['k1001', 'k1001%C2%A0', '%E2%80%8Bk1001', '%20k1001'],
    ['caf%C3%A9', 'cafe%CC%81', 'caf%C3%A9%E3%80%80', 'caf%C3%A9%EF%BB%BF'],
  ])('one number is one worker, however it is written: %s', async (...writings) => {
    const [canonical = ''] = writings.map((path) => decodeURIComponent(path));
    const statuses = [];
    for (const path of some(writings)) {
      const answer = await put(path, { ...ada, employeeId: decodeURIComponent(path) });
      statuses.push(answer.status);
      expect([answer.body.worker.employeeId, answer.body.events.length]).toEqual([
        canonical,
        statuses.length === 1 ? 1 : 0,
      ]);
      expect((await hr.call('GET', `/hr/v1/workers/${path}`)).body.employeeId).toBe(canonical);
    }
    expect(statuses).toEqual([201, 200, 200, 200]);
    const found = await hr.call('GET', `/hr/v1/workers?filter=${encodeURIComponent(`employeeId eq "${writings[1]}"`)}`);
    expect(found.status).toBe(200);
  });

  it('a second number that differs only in case is refused, naming the first, also of many at once', async () => {
    const answers = await Promise.all(['gAbC', 'gaBc', 'GABC', 'gabc'].map((number) => put(number, ada)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const first = answers.find(({ status }) => status === 201)?.body.worker.employeeId;
    const refused = answers.find(({ status }) => status === 409)?.body;
    expect([refused.code, refused.errors]).toEqual([
      'worker.key_taken',
      [{ pointer: '/employeeId', detail: expect.stringContaining(`only in case from "${first}"`) }],
    ]);
    expect((await put(first, { ...ada, personId: 'Pq' })).status).toBe(200);
    const person = await put('other', { ...ada, personId: 'pQ' });
    expect([person.status, person.body.errors[0].pointer]).toEqual([409, '/personId']);
    const exact = async (number: string): Promise<number> =>
      (await hr.call('GET', `/hr/v1/workers?filter=${encodeURIComponent(`employeeId eq "${number}"`)}`)).body.items
        .length;
    expect([await exact(first), await exact(first.toUpperCase() === first ? 'gabc' : 'GABC')]).toEqual([1, 0]);
  });

  it('texts are composed and trimmed, references are keys', async () => {
    const { body } = await put('k2', { ...ada, department: ' Cafe\u0301\u00a0', managerId: '\u200b1000\u00a0' });
    expect(body.worker).toMatchObject({ department: 'Caf\u00e9', managerId: '1000' });
    const again = await put('k2', { ...ada, department: 'Caf\u00e9', managerId: '1000' });
    expect([again.status, again.body.events]).toEqual([200, []]);
    const unseen = await put('k2', { ...ada, managerId: '\u200b' });
    expect([unseen.status, unseen.body.errors[0].pointer]).toEqual([400, '/managerId']);
  });

  it.each(['managerId', 'sponsorId'])(
    'a %s that differs only in case from a known number is refused: nobody can have it',
    async (field) => {
      expect((await put(`Boss-${field}`, ada)).status).toBe(201);
      const { status, body } = await put(`of-${field}`, { ...ada, [field]: `bOSS-${field}` });
      expect([status, body.errors]).toEqual([
        400,
        [{ pointer: `/${field}`, detail: expect.stringContaining(`only in case from "Boss-${field}"`) }],
      ]);
      expect((await put(`of-${field}`, { ...ada, [field]: `Boss-${field}\u00a0` })).body.worker).toMatchObject({
        [field]: `Boss-${field}`,
      });
      // A person who is not known yet may still come.
      expect((await put(`later-${field}`, { ...ada, [field]: `unknown-${field}` })).status).toBe(201);
    },
  );

  it('a hire that is withdrawn before its first day never has a day of access, also stated again later', async () => {
    hr.clock.set('2026-06-01T12:00:00.000Z');
    const hire = { ...ada, hireDate: '2026-07-01' };
    expect(types(await put('w1', hire))).toEqual(['hub.hr.worker.recorded.v1']);
    const withdrawn = { ...hire, terminationDate: '2026-06-30' };
    expect((await put('w1', withdrawn)).body.worker).toMatchObject({ employed: false, terminationDate: '2026-06-30' });
    hr.clock.set('2026-07-02T12:00:00.000Z');
    const again = await put('w1', withdrawn);
    expect([again.status, again.body.events]).toEqual([200, []]);
    expect((await facts('w1')).map(({ type }) => type)).toEqual(['WorkerRecorded', 'WorkerRecorded']);
    expect((await put('w2', withdrawn)).body.errors[0]).toMatchObject({ pointer: '/terminationDate' });
    expect(types(await put('w1', { ...ada, hireDate: '2026-07-01' }))).toEqual(['hub.hr.worker.hired.v1']);
  });

  it('honours If-Match', async () => {
    await put('1009', ada);
    expect((await put('1009', { ...ada, email: 'a@b.example' }, { headers: { 'if-match': '"7"' } })).status).toBe(412);
    expect((await put('1009', { ...ada, email: 'a@b.example' }, { headers: { 'if-match': '"1"' } })).status).toBe(200);
  });

  it('is for the HR feed to write, and for hr-operators to read', async () => {
    expect((await put('1010', ada, { roles: 'hr-operator' })).status).toBe(403);
    expect((await hr.call('GET', '/hr/v1/workers', undefined, { roles: 'requester' })).status).toBe(403);
    expect((await put('1010', ada, { headers: { authorization: '' } })).status).toBe(401);
  });

  it('keeps nothing about a person in the open in its events', async () => {
    await put('Number-of-hers', { ...ada, familyName: 'Unmistakable' });
    const [row] = await hr.db.query(
      `select * from hr.events e where stream = (select 'worker-' || worker from hr.worker where employee_id = 'Number-of-hers')`,
    );
    expect(JSON.stringify(row)).not.toMatch(/Unmistakable|Number-of-hers/);
  });

  it('inbound SCIM is refused by name, as not served yet', async () => {
    for (const path of ['/hr/scim/v2/Users', '/hr/scim/v2/ServiceProviderConfig']) {
      const { status, body } = await hr.call('GET', path);
      expect([status, body]).toMatchObject([404, { code: 'not_served_yet' }]);
    }
  });
});
