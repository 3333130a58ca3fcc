import { Database } from '#libs/event-store/database.js';
import { freshDatabase } from '../../../../test/support/postgres.js';
import { WorkerKeys1764600000000, Workers1764000100000 } from './workers.migrations.js';

describe('workers of a database from before keys had one form', () => {
  it('get canonical columns; what folds alike is marked, stays apart, and is not added to', async () => {
    const { url, drop } = await freshDatabase();
    const open = { url, schema: 'hr', crossProcess: false, poolSize: 2 } as const;
    const before = await Database.open({ ...open, migrations: [Workers1764000100000] });
    const keys = ['1001', '1001\u00a0', 'cafe\u0301', 'gAbC', 'gaBc', '7'];
    await before.query(
      `insert into worker select gen_random_uuid(), key, gen_random_uuid(), 1, true, false, false, true,
         jsonb_build_object('employeeId', key) from unnest($1::text[]) as u(key)`,
      [keys],
    );
    await before.query(`insert into person select key, gen_random_uuid() from unnest($1::text[]) as u(key)`, [keys]);
    await before.close();

    const after = await Database.open({ ...open, migrations: [Workers1764000100000, WorkerKeys1764600000000] });
    expect(
      await after.query(
        `select employee_id, canonical_id, folded_id, collides from worker order by employee_id collate "C"`,
      ),
    ).toEqual([
      { employee_id: '1001', canonical_id: '1001', folded_id: '1001', collides: true },
      { employee_id: '1001\u00a0', canonical_id: '1001', folded_id: '1001', collides: true },
      { employee_id: '7', canonical_id: '7', folded_id: '7', collides: false },
      { employee_id: 'cafe\u0301', canonical_id: 'caf\u00e9', folded_id: 'caf\u00e9', collides: false },
      { employee_id: 'gAbC', canonical_id: 'gAbC', folded_id: 'gabc', collides: true },
      { employee_id: 'gaBc', canonical_id: 'gaBc', folded_id: 'gabc', collides: true },
    ]);
    expect(await after.query(`select count(*)::int as n from person where collides`)).toEqual([{ n: 4 }]);
    const twin = after.query(
      `insert into worker (worker, employee_id, person, version, employed, on_leave, awaits_day, was_hired, attributes, canonical_id, folded_id)
       select gen_random_uuid(), 'Caf\u00e9', gen_random_uuid(), 1, true, false, false, true, '{}', 'Caf\u00e9', 'caf\u00e9'`,
    );
    await expect(twin).rejects.toThrow('worker_folded');
    await after.close();
    await drop();
  });
});
