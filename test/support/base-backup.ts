import { appendFile, cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import pg from 'pg';

/** Written again by the server that starts on the copy. */
const ofTheProcess = ['postmaster.pid', 'postmaster.opts'];

/**
 * A base backup of the hub's embedded PostgreSQL while it runs, in a folder for another data directory. A server that starts
 * on it recovers to the end of the backup and begins a new timeline.
 * @see https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export async function baseBackup(dataDir: string, to: string): Promise<void> {
  const from = join(dataDir, 'postgres');
  const port = (await readFile(join(from, 'postmaster.pid'), 'utf8')).split('\n')[3] ?? '';
  const password = (await readFile(join(dataDir, 'postgres.password'), 'utf8')).trim();
  const client = new pg.Client({ connectionString: `postgres://hub:${password}@127.0.0.1:${port}/postgres` });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('drill', true)`);
    const isCopied = (path: string): boolean => path !== join(from, 'pg_wal') && !ofTheProcess.includes(basename(path));
    await cp(from, to, { recursive: true, filter: isCopied });
    const { rows } = await client.query<{ label: string }>(`select labelfile as label from pg_backup_stop(false)`);
    await cp(join(from, 'pg_wal'), join(to, 'pg_wal'), { recursive: true });
    await writeFile(join(to, 'backup_label'), rows[0]?.label ?? '');
    await writeFile(join(to, 'recovery.signal'), '');
    await appendFile(join(to, 'postgresql.auto.conf'), "restore_command = 'false'\n");
  } finally {
    await client.end();
  }
}
