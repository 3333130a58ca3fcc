import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Imports that are counted before their first row applies, take turns, and may be full. */
export class ImportHolding1764600300000 implements MigrationInterface {
  readonly name = 'ImportHolding1764600300000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table import drop constraint import_mode_check`);
    await db.query(`alter table import add constraint import_mode_check check (mode in ('delta', 'full'))`);
    await db.query(`
      alter table import
        add population text,
        add counted boolean not null default true,
        add cut boolean not null default false,
        add held int not null default 0,
        add reasons text[] not null default '{}',
        add released boolean not null default false,
        add turn bigint not null default 0`);
    // What runs already was never counted, and goes on.
    await db.query(`alter table import alter counted set default false`);
    await db.query(`create sequence import_turn`);
    await db.query(`alter table import_rejection add employee_id text`);
    await db.query(`alter table worker add source text`);
    // Whom full feeds left out, since when, and how many did; by whose feed.
    await db.query(`
      create table missing (
        worker   uuid primary key,
        source   text not null,
        since    timestamptz not null,
        feeds    int not null,
        ended_at timestamptz
      )`);
    await db.query(`create index missing_source on missing (source)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
