import type { MigrationInterface, QueryRunner } from 'typeorm';
import { canonicalKey } from '#libs/text/text.js';
import { foldOf } from './worker-keys.js';

export class Workers1764000100000 implements MigrationInterface {
  readonly name = 'Workers1764000100000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table worker (
        worker      uuid primary key,
        employee_id text not null unique,
        person      uuid not null,
        version     int not null,
        employed    boolean not null,
        on_leave    boolean not null,
        awaits_day  boolean not null,
        was_hired   boolean not null,
        attributes  jsonb not null
      )`);
    await db.query(`create index worker_number on worker (lower(employee_id))`);
    // Whose employments HR joined by personId. One row for each, so that two first records at once cannot make two persons.
    await db.query(`create table person (person_id text primary key, person uuid not null)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows at a time. */
const page = 10_000;

/**
 * Keys in their canonical form beside what HR wrote, and what two that differ only in case have in common. Keys from
 * before that fold alike are marked and stay apart: from here on nobody adds another to them.
 */
export class WorkerKeys1764600000000 implements MigrationInterface {
  readonly name = 'WorkerKeys1764600000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `alter table worker add canonical_id text, add folded_id text, add collides boolean not null default false`,
    );
    await db.query(`alter table person add folded_id text, add collides boolean not null default false`);
    await eachPage(db, 'worker', 'employee_id', async (keys) => {
      await db.query(
        `update worker w set canonical_id = x.canonical, folded_id = x.folded
         from unnest($1::text[], $2::text[], $3::text[]) as x(key, canonical, folded) where w.employee_id = x.key`,
        [keys, keys.map(canonicalKey), keys.map(foldOf)],
      );
    });
    await eachPage(db, 'person', 'person_id', async (keys) => {
      await db.query(
        `update person p set folded_id = x.folded from unnest($1::text[], $2::text[]) as x(key, folded) where p.person_id = x.key`,
        [keys, keys.map(foldOf)],
      );
    });
    await db.query(`alter table worker alter canonical_id set not null, alter folded_id set not null`);
    await db.query(`alter table person alter folded_id set not null`);
    for (const table of ['worker', 'person']) {
      await db.query(
        `update ${table} set collides = true where folded_id in (select folded_id from ${table} group by 1 having count(*) > 1)`,
      );
      await db.query(`create unique index ${table}_folded on ${table} (folded_id) where not collides`);
      await db.query(`create index ${table}_alike on ${table} (folded_id)`);
    }
    await db.query(`drop index worker_number`);
    await db.query(`create index worker_canonical on worker (canonical_id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

async function eachPage(
  db: QueryRunner,
  table: 'worker' | 'person',
  column: 'employee_id' | 'person_id',
  update: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
  for (let after = ''; ;) {
    const rows = (await db.query(
      `select ${column} as key from ${table} where ${column} > $1 order by ${column} limit $2`,
      [after, page],
    )) as { key: string }[];
    await update(rows.map(({ key }) => key));
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return;
    after = last.key;
  }
}

/** Rows carry the version of the fold that wrote them; those that are there were written by the first. */
export class WorkerFold1765000000000 implements MigrationInterface {
  readonly name = 'WorkerFold1765000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table worker add fold smallint not null default 1`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** No condition reads these columns: a sample of them costs and serves nobody. */
export class WorkerStatistics1766500005000 implements MigrationInterface {
  readonly name = 'WorkerStatistics1766500005000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table worker alter column attributes set statistics 0`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
