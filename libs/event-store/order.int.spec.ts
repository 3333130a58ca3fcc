import pg from 'pg';
import { Tx } from './database.js';
import { storePromises, type StoreSubject } from './event-store.contract.js';
import { usualLimits } from './limits.js';
import { storeUnderTest, type StoreUnderTest } from '../../test/support/event-store.js';
import { startPostgres } from '../../test/support/postgres-server.js';

/** Transactions are held open here, and xmin spans the cluster: these specs use a server of their own. */
describe('the order of the store', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let shared: string | undefined;
  let t: StoreUnderTest;
  let real: StoreSubject;

  beforeAll(async () => {
    server = await startPostgres();
    shared = process.env['TEST_DATABASE_URL'];
    process.env['TEST_DATABASE_URL'] = server.url;
    t = await storeUnderTest();
    real = {
      db: t.db,
      store: t.store,
      transaction: (work) => t.db.transaction(work),
      read: (after, limit) => t.store.read(after, limit),
    };
  }, 30_000);
  afterAll(async () => {
    await t.close();
    process.env['TEST_DATABASE_URL'] = shared;
    await server.stop();
  });

  it.each(storePromises)('$name', ({ run }) => expect(run(real, 'real')).resolves.not.toThrow(), 30_000);

  describe('is broken, and found to be so by name,', () => {
    const promise = (name: string): (typeof storePromises)[number] => {
      const found = storePromises.find((p) => p.name === name);
      if (found === undefined) throw new Error(`no promise called ${name}`);
      return found;
    };

    it('when transactions run at READ COMMITTED', async () => {
      const client = new pg.Client({ connectionString: t.url });
      await client.connect();
      await client.query('set search_path = test');
      const readCommitted: StoreSubject = {
        ...real,
        transaction: async (work) => {
          await client.query('begin');
          const result = await work(Tx.of(client, usualLimits.answerMs));
          await client.query('commit');
          return result;
        },
      };
      const { run } = promise(
        'a stream is read in the order of its versions, whatever its writers read and wrote before',
      );
      await expect(run(readCommitted, 'rc')).rejects.toThrow('versions as read: expected [1,2], got [2,1]');
      await client.end();
    });

    it('when the reader does not wait for open transactions', async () => {
      const hasty: StoreSubject = {
        ...real,
        read: async (after) => {
          const rows = await t.db.query<{
            stream: string;
            id: string;
            version: number;
            epoch: number;
            txs: string;
            position: string;
          }>(
            `select e.stream, e.id, e.version, e.epoch, e.tx::text as txs, e.position from events e
             where (e.epoch, e.tx, e.position) > ($1::int, $2::xid8, $3::bigint) order by e.epoch, e.tx, e.position`,
            [after.epoch, after.tx, after.position],
          );
          const last = rows.at(-1);
          const facts = [...(await t.store.load(rows.map((r) => r.stream))).values()].flat();
          return {
            facts: rows.flatMap((r) => facts.filter((f) => f.id === r.id)),
            next: last === undefined ? after : { epoch: last.epoch, tx: last.txs, position: last.position },
            then: 'end',
          };
        },
      };
      const { run } = promise('an open transaction hides what comes after it, and loses none of it');
      await expect(run(hasty, 'hasty')).rejects.toThrow('read while a transaction is open');
    });
  });
});
