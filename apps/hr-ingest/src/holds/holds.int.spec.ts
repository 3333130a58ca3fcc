import { eventually } from '../../../../test/support/eventually.js';
import { runningHr, type RunningHr } from '../hr-ingest.fixtures.js';
import { some } from '../../../../test/support/some.js';

interface Held {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly employeeId: string;
  readonly displayName: string;
  readonly deadline: string;
  readonly overdue: boolean;
  readonly detail: string;
  readonly line: number | null;
}

const header = 'employeeId,givenName,familyName,department,hireDate,terminationDate';
const row = (n: number, department = 'Sales', end = '') =>
  `${n},Given ${n},Family ${n},${department},2026-01-05,${end}`;
const people = (count: number, from = 1, department = 'Sales', end = '') =>
  Array.from({ length: count }, (_, n) => row(from + n, department, end));
const file = (rows: readonly string[]) => `${[header, ...rows].join('\n')}\n`;
const operator = { roles: 'hr-operator', subject: 'olga' };

describe('the brake on HR', () => {
  let hr: RunningHr;
  beforeEach(async () => {
    hr = await runningHr();
  });
  afterEach(() => hr.stop());

  const start = async (body: string, query = 'mode=delta', more = {}): Promise<string> => {
    const { status, headers, body: told } = await hr.call('POST', `/hr/v1/imports?${query}`, body, more);
    expect([status, told.detail]).toEqual([202, null]);
    return headers.get('location') ?? '';
  };
  const finished = (path: string) =>
    eventually(async () => {
      const { body } = await hr.call('GET', path);
      return body.status === 'running' ? undefined : body;
    });
  const run = async (body: string, query = 'mode=delta', more = {}) => await finished(await start(body, query, more));
  const holds = async (filter = 'status eq "held"'): Promise<Held[]> => {
    const { body } = await hr.call(
      'GET',
      `/hr/v1/holds?limit=500&filter=${encodeURIComponent(filter)}`,
      undefined,
      operator,
    );
    return body.items as Held[];
  };
  const decide = async (path: string, decision: 'release' | 'cancel', body: object = { reason: 'It is meant' }) =>
    await hr.call('POST', `${path}/${decision}`, body, operator);
  const state = async (n: number, fields: object = {}, more = {}) =>
    await hr.call(
      'PUT',
      `/hr/v1/workers/${n}`,
      {
        givenName: `Given ${n}`,
        familyName: `Family ${n}`,
        department: 'Sales',
        hireDate: '2026-01-05',
        ...fields,
      },
      more,
    );
  const end = (n: number) => state(n, { terminationDate: '2026-02-28' });
  const employed = async () =>
    Number((await hr.db.query<{ n: string }>(`select count(*) as n from hr.worker where employed`))[0]?.n);
  const told = async (type: string) =>
    (await hr.db.query<{ body: string }>(`select data as body from hr.events where type = $1`, [type])).length;

  it('holds a file that ends too many, whole, before its first row applies', async () => {
    await run(file(people(200)));
    const rows = [...people(3, 201), ...people(120, 1, 'Sales', '2026-02-28')];
    const held = await run(file(rows));
    expect(held).toMatchObject({ status: 'held', reasons: ['leaving'], held: 120, processed: 0, created: 0 });
    expect(await employed()).toBe(200);
    const named = await holds();
    expect(named).toHaveLength(120);
    expect(named.find(({ employeeId }) => employeeId === '7')).toMatchObject({
      kind: 'leaving',
      displayName: 'Given 7 Family 7',
      overdue: false,
      deadline: '2026-03-03T12:00:00.000Z',
    });
    hr.clock.set('2026-03-03T12:00:01.000Z');
    expect(some(await holds()).every(({ overdue }) => overdue)).toBe(true);
  });

  it('applies a held file when an hr-operator says why, once, and tells the log', async () => {
    await run(file(people(200)));
    const path = await start(file(people(120, 1, 'Sales', '2026-02-28')));
    await finished(path);
    expect((await hr.call('POST', `${path}/release`, { reason: 'x' })).status).toBe(403);
    expect((await decide(path, 'release', {})).body.errors[0].pointer).toBe('/reason');
    for (const [decision, wrong, pointer] of [
      ['release', { reason: 5 }, '/reason'],
      ['cancel', { reason: 5 }, '/reason'],
      ['release', { reason: 'x', employeeIds: '1' }, '/employeeIds'],
      ['release', { reason: 'x', people: ['1'] }, '/people'],
      ['cancel', { reason: 'x', people: ['1'] }, '/people'],
    ] as const)
      expect((await decide(path, decision, wrong)).body.errors).toMatchObject([{ pointer }]);
    const [first, second] = await Promise.all([decide(path, 'release'), decide(path, 'release')]);
    expect([first.status, second.status].sort()).toEqual([200, 409]);
    expect(await finished(path)).toMatchObject({ status: 'completed', terminated: 120, processed: 120, held: 0 });
    expect([await employed(), await holds()]).toEqual([80, []]);
    expect([await told('HoldMade'), await told('HoldReleased')]).toEqual([1, 1]);
    const messages = await hr.db.query(
      `select 1 from bus.message where topic = 'hub.operators' and headers like '%"hub.hr.hold.%'`,
    );
    expect(messages).toHaveLength(2);
    // What somebody released holds up nobody else.
    expect((await end(121)).status).toBe(200);
  });

  it('applies a part, and keeps the others held row by row', async () => {
    await run(file(people(200)));
    const path = await start(file([...people(120, 1, 'Sales', '2026-02-28'), row(300)]));
    await finished(path);
    const unknown = await decide(path, 'release', { reason: 'Leeds closed', employeeIds: ['1', '999'] });
    expect([unknown.status, unknown.body.errors[0].detail]).toEqual([400, expect.stringContaining('999')]);
    await decide(path, 'release', { reason: 'Leeds closed', employeeIds: ['1', ' 2'] });
    expect(await finished(path)).toMatchObject({
      status: 'completed',
      terminated: 2,
      created: 1,
      held: 118,
      processed: 121,
    });
    expect(await employed()).toBe(199);
    const [one, two] = await holds();
    expect((await decide(`/hr/v1/holds/${one?.id}`, 'release')).body).toMatchObject({ status: 'released' });
    expect((await decide(`/hr/v1/holds/${two?.id}`, 'cancel')).body).toMatchObject({ status: 'cancelled' });
    expect((await decide(`/hr/v1/holds/${two?.id}`, 'release')).body.code).toBe('hold.not_open');
    expect([await employed(), (await holds()).length]).toEqual([198, 116]);
  });

  it('applies nothing of a held file that an hr-operator refuses, with a reason', async () => {
    await run(file(people(200)));
    const path = await start(file(people(120, 1, 'Sales', '2026-02-28')));
    await finished(path);
    expect((await hr.call('POST', `${path}/cancel`, {})).status).toBe(403);
    expect((await decide(path, 'cancel', {})).body.errors[0].pointer).toBe('/reason');
    expect((await decide(path, 'cancel')).body).toMatchObject({ status: 'cancelled', processed: 0 });
    expect([await employed(), await holds(), await told('HoldCancelled')]).toEqual([200, [], 1]);
    expect((await decide(path, 'release')).body.code).toBe('import.not_held');
  });

  it('never holds one end behind a held mass, nor files that come later', async () => {
    await run(file(people(200)));
    await run(file(people(120, 1, 'Sales', '2026-02-28')));
    expect([(await end(1)).body.events.length, (await end(150)).status]).toEqual([1, 200]);
    expect(await run(file([row(201)]))).toMatchObject({ status: 'completed', created: 1 });
  });

  it('holds a drip of small files and single statements by row, counting both', async () => {
    await run(file(people(200)));
    for (let n = 1; n <= 5; n += 1) expect((await end(n)).status).toBe(200);
    for (let n = 6; n <= 10; n += 1)
      expect(await run(file([row(n, 'Sales', '2026-02-28')]))).toMatchObject({ terminated: 1 });
    const small = await run(file([row(12, 'Sales', '2026-02-28'), row(13, 'Research'), row(201)]));
    expect(small).toMatchObject({ status: 'completed', held: 1, changed: 1, created: 1, terminated: 0 });
    const [held, ...more] = await holds();
    expect([held, more]).toMatchObject([{ kind: 'leaving', employeeId: '12', displayName: 'Given 12 Family 12' }, []]);
    expect(await end(14)).toMatchObject({ status: 409, body: { code: 'worker.held' } });
    await decide(`/hr/v1/holds/${held?.id}`, 'release');
    expect((await hr.call('GET', '/hr/v1/workers/12')).body.employed).toBe(false);
    hr.clock.set('2026-03-02T13:00:01.000Z');
    expect(await run(file([row(15, 'Sales', '2026-02-28')]))).toMatchObject({ terminated: 1, held: 0 });
  });

  it('holds by row what comes after too many single ends in an hour, by name, until somebody decides', async () => {
    await run(file(people(200)));
    for (let n = 1; n <= 10; n += 1) expect((await end(n)).status).toBe(200);
    const refused = await end(11);
    expect([refused.status, refused.body.code]).toEqual([409, 'worker.held']);
    expect(refused.body.detail).toContain(`/hr/v1/holds/${refused.body.hold}`);
    expect((await end(12)).status).toBe(409);
    expect([await employed(), await told('HoldMade')]).toEqual([190, 2]);
    const named = await holds();
    expect(named.map(({ employeeId }) => employeeId).sort()).toEqual(['11', '12']);
    expect(named.find(({ id }) => id === refused.body.hold)).toMatchObject({
      kind: 'leaving',
      displayName: 'Given 11 Family 11',
      deadline: '2026-03-03T12:00:00.000Z',
      line: null,
    });
    // The same statement again is the same thing held, and who left already may be told of again.
    expect([(await end(11)).body.hold, await told('HoldMade')]).toEqual([refused.body.hold, 2]);
    expect((await state(10, { terminationDate: '2026-02-27' })).status).toBe(200);
    expect((await state(13, { jobTitle: 'Seller' })).body.events).toHaveLength(1);
    await decide(`/hr/v1/holds/${refused.body.hold}`, 'release');
    await decide(`/hr/v1/holds/${named.find(({ employeeId }) => employeeId === '12')?.id}`, 'cancel');
    expect([await employed(), await holds()]).toEqual([189, []]);
    hr.clock.set('2026-03-02T13:00:01.000Z');
    expect((await end(12)).status).toBe(200);
  });

  it('lets no more pass when many single ends come at once', async () => {
    await run(file(people(200)));
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => end(n + 1)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ body }) => body.code === 'worker.held')).toHaveLength(30);
    expect([await employed(), (await holds()).length]).toEqual([190, 30]);
  });

  it('lets no more pass when many single ends come at once to two processes', async () => {
    await run(file(people(200)));
    const second = await hr.another();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        n % 2 === 0 ? end(n + 1) : state(n + 1, { terminationDate: '2026-02-28' }, { url: second }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(await employed()).toBe(190);
  });

  it('refuses what it holds of somebody once HR states them in full again', async () => {
    await run(file(people(200)));
    for (let n = 1; n <= 10; n += 1) await end(n);
    const { hold } = (await end(11)).body;
    expect((await state(11)).body.events).toEqual([]);
    expect(await holds()).toEqual([]);
    expect((await decide(`/hr/v1/holds/${hold}`, 'release')).body.code).toBe('hold.not_open');
    expect([await told('HoldCancelled'), await employed()]).toEqual([1, 190]);
    // A row of a file likewise, though a file that says something else of them changes nothing.
    await run(file([row(12, 'Sales', '2026-02-28')]));
    await run('employeeId,jobTitle\n12,Seller\n');
    expect(await holds()).toHaveLength(1);
    await state(12);
    expect(await holds()).toEqual([]);
  });

  it('holds by row single changes of an attribute that take access from too many, not those that take nothing', async () => {
    await run(file(people(200)));
    await hr.db.query(`insert into hr.access_rule values ('sales', 'department eq "Sales"', '{crm}')`);
    await hr.restart();
    for (let n = 1; n <= 10; n += 1) expect((await state(n, { department: 'Slaes' })).status).toBe(200);
    const refused = await state(11, { department: 'Slaes' });
    expect([refused.status, refused.body.code]).toEqual([409, 'worker.held']);
    expect((await state(12, { jobTitle: 'Seller' })).status).toBe(200);
    expect((await holds()).map(({ kind, employeeId }) => [kind, employeeId])).toEqual([['losing-access', '11']]);
    expect((await hr.call('GET', '/hr/v1/workers/11')).body.department).toBe('Sales');
    // Of each kind by itself: an end is none of these.
    expect((await end(13)).status).toBe(200);
    await decide(`/hr/v1/holds/${refused.body.hold}`, 'release');
    expect((await hr.call('GET', '/hr/v1/workers/11')).body.department).toBe('Slaes');
  });

  it('counts for each source by itself', async () => {
    await run(file(people(200)));
    for (let n = 1; n <= 10; n += 1) await end(n);
    const other = { subject: 'another feed' };
    expect(await run(file([row(11, 'Sales', '2026-02-28')]), 'mode=delta', other)).toMatchObject({ terminated: 1 });
    expect(await run(file([row(12, 'Sales', '2026-02-28')]))).toMatchObject({ held: 1 });
  });

  it('counts an end when it is stated, and not when it falls due', async () => {
    await run(file(people(200)));
    expect(await run(file(people(120, 1, 'Sales', '2026-06-30')))).toMatchObject({
      status: 'held',
      reasons: ['leaving'],
    });
    for (let week = 0; week < 3; week += 1) {
      await run(file(people(9, 130 + week * 9, 'Sales', '2026-03-20')));
      hr.clock.set(`2026-03-02T1${4 + 2 * week}:00:00.000Z`);
    }
    hr.clock.set('2026-03-21T09:00:00.000Z');
    await eventually(async () => (await employed()) === 173);
    expect(await run(file([row(199, 'Sales', '2026-02-28')]))).toMatchObject({ terminated: 1, held: 0 });
  });

  it('holds a change of an attribute that takes access from too many, and no other', async () => {
    await run(file(people(200)));
    await hr.db.query(
      `insert into hr.access_rule values ('sales', 'department eq "Sales"', '{crm}'), ('all', 'department pr', '{mail}')`,
    );
    await hr.restart();
    expect(await run(file(people(80, 1, 'Slaes')))).toMatchObject({
      status: 'held',
      reasons: ['losing-access'],
      held: 80,
    });
    const phones = people(200).map((line) => `${line},+1`);
    const withPhones = `${header},phoneNumbers\n${phones.join('\n')}\n`;
    expect(await run(withPhones)).toMatchObject({ status: 'completed', changed: 200 });
  });

  describe('and a record of another person under a known number', () => {
    const leaver = { givenName: 'Ada', familyName: 'Lovelace', birthDate: '1990-12-10', email: 'ada@x.example' };
    const unknownPerson = {
      givenName: 'Alan',
      familyName: 'Turing',
      birthDate: '1985-06-23',
      email: 'alan@x.example',
      hireDate: '2026-03-02',
    };

    it('is set aside: by PUT with 409 and the mend, until an hr-operator says that it is the same person', async () => {
      await hr.call('PUT', '/hr/v1/workers/1', { ...leaver, hireDate: '2020-01-06', terminationDate: '2026-01-31' });
      const refused = await hr.call('PUT', '/hr/v1/workers/1', unknownPerson);
      expect([refused.status, refused.body.code, refused.body.errors]).toEqual([
        409,
        'worker.other_person',
        [{ pointer: '/employeeId', detail: expect.stringContaining('name, birthDate, email, hireDate differ') }],
      ]);
      expect((await hr.call('GET', '/hr/v1/workers/1')).body).toMatchObject({
        familyName: 'Lovelace',
        employed: false,
      });
      expect((await hr.call('PUT', '/hr/v1/workers/1', unknownPerson)).status).toBe(409);
      const [held, ...more] = await holds();
      expect([held, more]).toMatchObject([{ kind: 'other-person', employeeId: '1', displayName: 'Ada Lovelace' }, []]);
      await decide(`/hr/v1/holds/${held?.id}`, 'release');
      expect((await hr.call('GET', '/hr/v1/workers/1')).body).toMatchObject({ familyName: 'Turing', employed: true });
    });

    it('is not applied over what HR stated since', async () => {
      await hr.call('PUT', '/hr/v1/workers/1', { ...leaver, hireDate: '2020-01-06', terminationDate: '2026-01-31' });
      await hr.call('PUT', '/hr/v1/workers/1', unknownPerson);
      await hr.call('PUT', '/hr/v1/workers/1', { ...leaver, hireDate: '2020-01-06' });
      const [held] = await holds();
      expect((await decide(`/hr/v1/holds/${held?.id}`, 'release')).body.code).toBe('hold.outdated');
    });

    it('is set aside in a file, while the other rows apply', async () => {
      await hr.call('PUT', '/hr/v1/workers/1', { ...leaver, hireDate: '2020-01-06', terminationDate: '2026-01-31' });
      const state = await run(file(['1,Alan,Turing,Sales,2026-03-02,', row(2)]));
      expect(state).toMatchObject({ status: 'completed', created: 1, held: 1, processed: 2 });
      expect(await holds()).toMatchObject([{ kind: 'other-person', line: 2, employeeId: '1' }]);
      expect((await hr.call('GET', '/hr/v1/workers/1')).body.familyName).toBe('Lovelace');
    });

    it('sets aside both of two rows of one number, each naming the other, also far apart', async () => {
      const rows = [row(1), ...people(250, 10), '\u200b1,Alan,Turing,Sales,2026-01-05,'];
      expect(await run(file(rows))).toMatchObject({ status: 'completed', created: 250, held: 2 });
      const named = await holds();
      expect(named.map(({ kind, line }) => [kind, line]).sort()).toEqual([
        ['repeated', 2],
        ['repeated', 253],
      ]);
      expect(some(named).every(({ detail }) => detail.includes('lines 2 and 253'))).toBe(true);
      expect((await hr.call('GET', '/hr/v1/workers/1')).status).toBe(404);
    });

    it('does not count what it sets aside among those who leave', async () => {
      await run(file(people(100)));
      const twice = ['50,Alan,Turing,Sales,2026-01-05,2026-02-28', '50,Given 50,Family 50,Sales,2026-02-01,'];
      const rows = [...people(9, 1, 'Sales', '2026-02-28'), ...twice];
      expect(await run(file(rows))).toMatchObject({ status: 'completed', terminated: 9, held: 2 });
      expect((await holds()).map(({ kind, line }) => [kind, line]).sort()).toEqual([
        ['repeated', 11],
        ['repeated', 12],
      ]);
    });
  });
});
