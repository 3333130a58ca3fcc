import { freshDatabase } from '../../test/support/postgres.js';
import { Database } from './database.js';

describe('the database', () => {
  it('takes nobody down when a connection ends within a transaction', async () => {
    const fresh = await freshDatabase();
    const database = await Database.open({ url: fresh.url, schema: 'lost', migrations: [], crossProcess: false });
    const cut = database.transaction(async (tx) => {
      const [self] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      // The connection is idle, so nobody waits for an answer that could fail instead.
      await database.query('select pg_terminate_backend($1::int, 5000)', [self?.pid]);
      await database.query('select 1');
      await tx.query('select 1');
    });
    await expect(cut).rejects.toThrow();
    expect(await database.query<{ one: number }>('select 1 as one')).toEqual([{ one: 1 }]);
    await database.close();
    await fresh.drop();
  });
});
