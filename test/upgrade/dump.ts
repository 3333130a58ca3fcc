import { cpSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { rolesOf } from '#libs/event-store/database-roles.js';
import { root } from '../support/processes.js';
import type { ScimStub } from '../targets/scim-stub.js';
import type { StubGroup, StubUser } from '../targets/scim-stub-directory.js';

/** Stands for the address of the application in a dump: tests put their own in its place. */
export const portInDump = '127.0.0.1:1';

/** Settings that a hub needs to work on a dump; the key is that of no installation. */
export const dumpEnvironment = {
  HUB_MASTER_KEY: Buffer.alloc(32, 13).toString('base64'),
  CONNECTOR_ALLOWED_NETWORKS: '127.0.0.0/8',
};

const folder = (name: string): string => resolve(root, 'test/upgrade/dumps', name);
const schemas = ['bus', 'hr', 'governance', 'provisioning', 'audit'];

/** Loads a stored dump into an empty database, and what lay in its data directory into `dataDir`. */
export async function loadDump(name: string, url: string, stub: ScimStub, dataDir: string): Promise<void> {
  cpSync(join(folder(name), 'data'), dataDir, { recursive: true });
  fill(stub, name);
  const sql = gunzipSync(readFileSync(join(folder(name), 'databases.sql.gz'))).toString();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const role of schemas.map(rolesOf).flatMap(({ owner, runtime }) => [owner, runtime]))
      await client.query(
        `do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$`,
      );
    await client.query(sql.replaceAll(portInDump, `127.0.0.1:${stub.port}`));
    await client.query('reset all');
    // As old as the dump is, nothing of it has been kept for longer than its topic is.
    await client.query('update bus.message set published_at = now()');
  } finally {
    await client.end();
  }
}

/** Gives the application what it had: ids count up over users and groups. */
function fill({ directory }: ScimStub, name: string): void {
  const { users, groups } = JSON.parse(readFileSync(join(folder(name), 'application.json'), 'utf8')) as {
    users: StubUser[];
    groups: StubGroup[];
  };
  const numberOf = ({ id }: { id: string }): number => Number(id.slice(1));
  for (const one of [...users, ...groups].sort((a, b) => numberOf(a) - numberOf(b)))
    if ('members' in one) directory.answer('POST', '/Groups', JSON.stringify(one));
    else directory.addUser(one);
  for (const made of directory.dump().groups) made.members = groups.find(({ id }) => id === made.id)?.members ?? [];
}
