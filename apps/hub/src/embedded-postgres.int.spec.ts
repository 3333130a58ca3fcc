import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { asOrdinaryUser, binary, embeddedMajor } from './postgres-binaries.js';

const dataDir = mkdtempSync(join(tmpdir(), 'hub-'));
const running: EmbeddedPostgres[] = [];

async function start(): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(dataDir);
  running.push(postgres);
  return postgres;
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

const postmaster = (): number =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

afterAll(async () => {
  await Promise.all(running.map((postgres) => postgres.stop()));
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the embedded database', () => {
  it('is made on the first start, durable, behind a password that only the owner may read', async () => {
    const postgres = await start();
    const { url } = postgres;
    await ask(url, 'create table kept (word text)');
    await ask(url, `insert into kept values ('first')`);
    expect(
      await ask(
        url,
        `select setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by name`,
      ),
    ).toEqual(['on', 'on', 'on']);
    expect(await ask(url, `select lower('ÄÖ') || current_database()`)).toEqual(['äöhub']);
    expect(statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    const withoutPassword = new URL(url);
    withoutPassword.password = 'wrong';
    await expect(ask(withoutPassword.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    await postgres.stop();
  }, 60_000);

  it('keeps everything when a hub was killed and left its server behind: that one is ended first', async () => {
    const left = await start();
    const orphan = postmaster();
    const postgres = await start();
    const { url } = postgres;
    await left.ended;
    expect(postmaster()).not.toBe(orphan);
    expect(await ask(url, 'select word from kept')).toEqual(['first']);
    await postgres.stop();
  }, 60_000);

  it('keeps everything when the server was killed, too', async () => {
    const { url, ended } = await start();
    await ask(url, `insert into kept values ('second')`);
    process.kill(postmaster(), 'SIGKILL');
    await ended;
    const again = await start();
    expect(await ask(again.url, 'select word from kept order by word')).toEqual(['first', 'second']);
    await again.stop();
  }, 60_000);

  it('refuses a folder of another major, naming the way out', async () => {
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(/belongs to PostgreSQL 17, and this hub includes 18.*DATABASE_URL/);
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), `${embeddedMajor}\n`);
  });

  it('listens on loopback alone where the path is too long for a socket', async () => {
    const deep = join(dataDir, 'd'.repeat(90));
    const postgres = await startEmbeddedPostgres(deep);
    running.push(postgres);
    expect(new URL(postgres.url).hostname).toBe('127.0.0.1');
    expect(await ask(postgres.url, 'show listen_addresses')).toEqual(['127.0.0.1']);
    await postgres.stop();
  }, 60_000);

  it('has the major it says', () => {
    const [command, args] = asOrdinaryUser(binary('postgres'), ['--version']);
    expect(execFileSync(command, args, { encoding: 'utf8' })).toContain(`PostgreSQL) ${embeddedMajor}.`);
  });
});
