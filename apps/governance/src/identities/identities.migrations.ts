import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many decisions there were about each person. No read model: it counts what was decided, and is never rebuilt. */
export class PersonDecision1764100010000 implements MigrationInterface {
  readonly name = 'PersonDecision1764100010000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table person_decision (
        identity_id uuid primary key,
        decided     int not null
      ) with (fillfactor = 70)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** What the sweep over leavers found; and its way through them. */
export class LeaversSweep1764100011000 implements MigrationInterface {
  readonly name = 'LeaversSweep1764100011000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create index identity_inactive on identity (id) where status = 'inactive'`);
    await db.query(`
      create table leavers_sweep (
        single   boolean primary key default true check (single),
        found    int not null,
        swept_at timestamptz
      )`);
    await db.query(`insert into leavers_sweep (found) values (0)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class Identity1764100000000 implements MigrationInterface {
  readonly name = 'Identity1764100000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table identity (
        id             uuid primary key,
        version        int not null,
        status         text not null,
        user_name      text,
        numbers        text[] not null,
        live_numbers   text[] not null,
        manager_number text,
        manager_id     uuid,
        attributes     jsonb not null,
        state          jsonb not null
      )`);
    await db.query(`create unique index identity_user_name on identity (lower(user_name))`);
    await db.query(`create index identity_numbers on identity using gin (numbers) with (fastupdate = off)`);
    await db.query(`create index identity_live_numbers on identity using gin (live_numbers) with (fastupdate = off)`);
    await db.query(`create index identity_manager_missing on identity (manager_number) where manager_id is null`);
    await db.query(`create index identity_manager_id on identity (manager_id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
