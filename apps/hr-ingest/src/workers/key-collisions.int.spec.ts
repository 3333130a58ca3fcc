import { runningHr, type RunningHr } from '../hr-ingest.fixtures.js';

const operator = { roles: 'hr-operator', subject: 'olga' };
const keys = ['1001', '1001\u00a0', 'gAbC', 'gaBc', '7'];

describe('keys from before keys had one form', () => {
  let hr: RunningHr;
  beforeAll(async () => {
    hr = await runningHr();
    // As the migration leaves what the hub stored when it took every key as it came.
    await hr.db.query(
      `insert into hr.worker (worker, employee_id, person, version, employed, on_leave, awaits_day, was_hired, attributes, canonical_id, folded_id, collides)
       select gen_random_uuid(), k.key, gen_random_uuid(), 0, true, false, false, true,
         jsonb_build_object('employeeId', k.key, 'familyName', 'Old', 'hireDate', '2020-01-06'), btrim(k.key, $2), lower(btrim(k.key, $2)), k.key <> '7'
       from unnest($1::text[]) as k(key)`,
      [keys, '\u00a0'],
    );
    await hr.db.query(
      `insert into hr.person (person_id, person, folded_id, collides)
       select k.key, gen_random_uuid(), lower(k.key), true from unnest($1::text[]) as k(key)`,
      [['P-a', 'P-A']],
    );
  });
  afterAll(() => hr.stop());

  const list = async (query = '') => await hr.call('GET', `/hr/v1/key-collisions${query}`, undefined, operator);

  it('are listed with the others they fold with, workers and persons, page by page', async () => {
    const expected = [
      { field: 'employeeId', keys: [{ key: '1001' }, { key: '1001\u00a0' }] },
      { field: 'employeeId', keys: [{ key: 'gAbC' }, { key: 'gaBc' }] },
      {
        field: 'personId',
        keys: [
          { key: 'P-A', employed: null },
          { key: 'P-a', employed: null },
        ],
      },
    ];
    const sorted = (items: { keys: { key: string }[] }[]) =>
      items.map((item) => ({ ...item, keys: item.keys.toSorted((a, b) => (a.key < b.key ? -1 : 1)) }));
    expect(sorted((await list()).body.items)).toMatchObject(expected);
    const pages = [];
    for (let cursor = ''; ;) {
      const { body } = await list(`?limit=1${cursor}`);
      pages.push(...body.items);
      if (body.nextCursor === null) break;
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
    }
    expect(sorted(pages)).toMatchObject(expected);
  });

  it('are for an hr-operator, and take no filter', async () => {
    expect((await hr.call('GET', '/hr/v1/key-collisions')).status).toBe(403);
    expect((await list('?filter=key eq "1001"')).body.errors[0].pointer).toBe('/filter');
    expect((await list('?limit=501')).status).toBe(400);
  });

  it('stay apart: each means the worker it meant, and a third one is refused', async () => {
    const state = async (key: string, jobTitle: string) =>
      await hr.call('PUT', `/hr/v1/workers/${encodeURIComponent(key)}`, {
        familyName: 'Old',
        hireDate: '2020-01-06',
        jobTitle,
      });
    expect((await state('gAbC', 'Cook')).body.worker).toMatchObject({ employeeId: 'gAbC', jobTitle: 'Cook' });
    expect((await state('gaBc', 'Baker')).body.worker).toMatchObject({ employeeId: 'gaBc', jobTitle: 'Baker' });
    const third = await state('GABC', 'Thief');
    expect([third.status, third.body.code]).toEqual([409, 'worker.key_taken']);
    expect(third.body.detail).toContain('gAbC');
    expect((await list()).body.items).toHaveLength(3);
  });
});
