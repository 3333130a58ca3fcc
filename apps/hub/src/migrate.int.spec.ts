import { jest } from '@jest/globals';
import pg from 'pg';
import { topics } from '#libs/contracts/topics.js';
import { busMigrations } from '#libs/event-bus/event-bus.migrations.js';
import { aMessage } from '#libs/event-bus/message.fixtures.js';
import { toHeaders } from '#libs/event-bus/cloud-event.js';
import { Database } from '#libs/event-store/database.js';
import { eventStoreMigrations } from '#libs/event-store/event-store.migrations.js';
import { migrateDatabase, migrationsOf } from '#libs/service-kit/service/migrate.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { services } from './services.js';

jest.setTimeout(60_000);

const refused = { code: '42501' };

/** What a service's own role is let do, tried with the role itself. */
describe('a migrated database', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let client: pg.Client;

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.url, services);
    // Again, as an upgrade does.
    await migrateDatabase(database.url, services);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const as = async (role: string, sql: string, params: unknown[] = []): Promise<pg.QueryResult> => {
    await client.query(`set role ${role}`);
    try {
      return await client.query(sql, params);
    } finally {
      await client.query('reset role');
    }
  };
  const publish = (role: string, topic: string, source: string): Promise<pg.QueryResult> => {
    const message = aMessage({ topic, source });
    return as(role, `insert into bus.message (topic, epoch, key, headers, body) values ($1, 0, 'k', $2, '{}')`, [
      topic,
      JSON.stringify(toHeaders(message)),
    ]);
  };

  it('lets each service publish on its own topics only, and on shared ones as itself', async () => {
    await publish('hub_governance', topics.desiredAccess, '/governance/desired-1');
    await publish('hub_hr', topics.operators, '/hr/dismissal-1');
    await expect(publish('hub_provisioning', topics.desiredAccess, '/governance/desired-1')).rejects.toMatchObject(
      refused,
    );
    await expect(publish('hub_hr', topics.operators, '/governance/dismissal-1')).rejects.toMatchObject(refused);
    await expect(publish('hub_audit', topics.lifecycle, '/hr/worker-1')).rejects.toMatchObject(refused);
    const urgent = `insert into bus.urgent (consumer, topic, id, key, headers, body) values ('provisioning', $1, gen_random_uuid(), 'k', '{}', '{}')`;
    await as('hub_governance', urgent, [topics.desiredAccess]);
    await expect(as('hub_hr', urgent, [topics.desiredAccess])).rejects.toMatchObject(refused);
  });

  it('lets each service move the places of its own consumers only', async () => {
    const place = `insert into bus.place (consumer, topic, epoch, tx, position) values ($1, 'hub.hr.lifecycle', 0, '1', 1)`;
    await as('hub_governance', place, ['governance']);
    await as('hub_governance', place, ['governance.results']);
    await expect(as('hub_provisioning', place, ['governance.other'])).rejects.toMatchObject(refused);
    const moved = await as('hub_provisioning', `update bus.place set position = 9 where consumer = 'governance'`);
    expect(moved.rowCount).toBe(0);
    expect((await as('hub_hr', `select from bus.place where consumer = 'governance'`)).rowCount).toBe(1);
    await expect(as('hub_governance', `delete from bus.place`)).rejects.toMatchObject(refused);
    const taken = await as('hub_hr', `delete from bus.urgent where consumer = 'provisioning'`);
    expect(taken.rowCount).toBe(0);
  });

  it.each([
    'delete from bus.message',
    `update bus.message set body = '{}'`,
    'update bus.identity set epoch = 7',
    'truncate bus.message',
  ])('refuses a service on the bus: %s', async (sql) => {
    await expect(as('hub_governance', sql)).rejects.toMatchObject(refused);
  });

  it.each([
    `update events set data = '{}'`,
    'delete from events',
    'truncate events',
    'alter table events disable trigger append_only',
    'drop trigger append_only on events',
    `set session_replication_role = replica`,
    'create table mine (id int)',
    `insert into migration (timestamp, name) values (1, 'Mine1')`,
  ])('binds the service itself to what is append-only: %s', async (sql) => {
    await client.query('set search_path = governance');
    await expect(as('hub_governance', sql)).rejects.toMatchObject(refused);
  });

  it.each(['leaf', 'node', 'signed_checkpoint', 'log_key'])('binds the audit service to its %s, too', async (table) => {
    await expect(as('hub_audit', `delete from audit.${table}`)).rejects.toMatchObject(refused);
    await expect(as('hub_audit', `alter table audit.${table} disable trigger all`)).rejects.toMatchObject(refused);
  });

  it('keeps each service out of the schemas of the others, and lets it see who writes', async () => {
    await expect(as('hub_hr', 'select from governance.events')).rejects.toMatchObject(refused);
    const { rows } = await as('hub_hr', `select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as may`);
    expect(rows).toEqual([{ may: true }]);
  });

  it('has what only owners may do as functions: analyse, prune, raise the epoch', async () => {
    for (const call of [
      'bus.raise_epoch()',
      `bus.prune_topic('hub.hr.lifecycle', 10)`,
      'hr.analyze_grown(0)',
      'bus.analyze_grown(0)',
    ])
      await expect(as('hub_hr', `select ${call}`)).resolves.toMatchObject({ command: 'SELECT' });
  });
});

describe('a database that was not migrated', () => {
  it('is refused by name and stays as it was; one of a version with one owner for all is taken over', async () => {
    const database = await freshDatabase();
    const open = async (role?: string): Promise<Database> => {
      const [hr] = services;
      if (hr === undefined) throw new Error('no service');
      return await Database.open({
        url: database.url,
        schema: 'hr',
        migrations: migrationsOf(hr),
        migrate: 'check',
        crossProcess: false,
        ...(role === undefined ? {} : { role }),
      });
    };
    await expect(open()).rejects.toThrow(/schema hr lacks \d+ migrations/);
    const old = { url: database.url, schema: 'hr', migrations: [...eventStoreMigrations, ...busMigrations] };
    const before = await Database.open({ ...old, crossProcess: false });
    expect(await before.query(`select from events`)).toEqual([]);
    await before.close();
    await expect(open()).rejects.toThrow(/schema hr lacks \d+ migrations/);
    await migrateDatabase(database.url, services);
    const after = await open('hub_hr');
    expect(await after.query('select current_user::text as me')).toEqual([{ me: 'hub_hr' }]);
    await expect(after.query('delete from events')).rejects.toMatchObject(refused);
    await after.close();
    await database.drop();
  });
});
