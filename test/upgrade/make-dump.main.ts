import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { hrMessage, identityOf, worker } from '#apps/governance/src/governance.fixtures.js';
import { toHeaders } from '#libs/event-bus/cloud-event.js';
import { migrateDatabase } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { root } from '../support/processes.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';
import { dumpEnvironment, portInDump } from './dump.js';
import { History, people } from './history.js';

/**
 * Makes a dump of all databases of this version, for the test that upgrades it: see README.md beside this file.
 * `node dist/test/upgrade/make-dump.main.js NAME URL`, with the address of an empty database.
 */
const [name = '', url = ''] = process.argv.slice(2);
if (name === '' || url === '') throw new Error('usage: node dist/test/upgrade/make-dump.main.js NAME postgres://…');

const out = resolve(root, 'test/upgrade/dumps', name);
const dataDir = await mkdtemp(join(tmpdir(), 'hub-dump-'));
const db = new pg.Client({ connectionString: url });
await db.connect();
const stub = await startScimStub({ token: 'dump-application-token' });
// One person's account is refused each time: it is parked.
stub.reply = ({ method, body }, usual) =>
  method === 'POST' && body.includes('mallory') ? { status: 403, body: { detail: 'not her' } } : usual();
try {
  await migrateDatabase(url);
  const hub = await startHub({ ...dumpEnvironment, DATABASE_URL: url }, { dataDir });
  try {
    await (await History.of(hub)).tell({ baseUrl: stub.baseUrl, token: 'dump-application-token' });
    await parkMessage(hub);
    await signed(hub);
    await forgetEve(hub);
  } finally {
    await hub.stop();
  }
  await write(stub);
} finally {
  await stub.stop();
  await db.end();
  await rm(dataDir, { recursive: true, force: true });
}

/** A hire that governance cannot use, and what HR says of that person after it. */
async function parkMessage(hub: HubUnderTest): Promise<void> {
  const hired = hrMessage('hired', worker(people.otto));
  const poison = { ...hired, body: { ...hired.body, attributes: null } };
  for (const message of [poison, hrMessage('changed', worker(people.otto), 2)])
    await db.query(
      'insert into bus.message (topic, epoch, key, headers, body) select $1, i.epoch, $2, $3, $4 from bus.identity i',
      [message.topic, message.key, JSON.stringify(toHeaders(message)), JSON.stringify(message.body)],
    );
  const token = await hub.token('olga', 'auditor');
  await eventually(async () => {
    const { body } = await hub.call<{ items: { waiting: number }[] }>('GET', '/governance/v1/parked-messages', {
      token,
    });
    return body.items[0]?.waiting === 1;
  });
}

/** The log has a checkpoint over all of it. */
async function signed(hub: HubUnderTest): Promise<void> {
  const token = await hub.token('olga', 'auditor');
  await eventually(async () => {
    const { rows } = await db.query<{ size: string; signed: string }>(
      'select h.size, (select max(size) from audit.signed_checkpoint) as signed from audit.tree_head h',
    );
    return (
      rows[0]?.size === rows[0]?.signed && (await hub.call('GET', '/audit/v1/checkpoint', { token })).status === 200
    );
  });
}

/** Destroys the keys of one person in each service. */
async function forgetEve(hub: HubUnderTest): Promise<void> {
  const history = await History.of(hub);
  const identity = await history.identityOf(people.eve);
  const { rows } = await db.query<{ worker: string }>('select worker from hr.worker where employee_id = $1', [
    people.eve,
  ]);
  const subjects = { hr: rows[0]?.worker, governance: identity, provisioning: identity, audit: identity };
  for (const [schema, subject] of Object.entries(subjects))
    await db.query(`update ${schema}.subject_key set key = null, forgotten_at = clock_timestamp() where subject = $1`, [
      subject,
    ]);
}

async function write({ port, dump }: ScimStub): Promise<void> {
  const { stdout } = await promisify(execFile)(
    'pg_dump',
    ['--inserts', '--rows-per-insert=100', '--no-comments', `--dbname=${url}`],
    { maxBuffer: 1 << 28 },
  );
  // Commands of psql are left out: the dump is loaded as one statement list.
  const sql = stdout
    .split('\n')
    .filter((line) => !/^\\(un)?restrict /.test(line))
    .join('\n')
    .replaceAll(`127.0.0.1:${port}`, portInDump);
  await mkdir(join(out, 'data'), { recursive: true });
  await writeFile(join(out, 'databases.sql.gz'), gzipSync(sql, { level: 9 }));
  await writeFile(join(out, 'application.json'), `${JSON.stringify(dump(), null, 2)}\n`);
  for (const file of ['audit.checkpoint', 'audit.vkey']) await cp(join(dataDir, file), join(out, 'data', file));
  process.stdout.write(`${out}: ${identityOf(people.ada)}\n`);
}
