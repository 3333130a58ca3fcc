import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BulkChange1766510002000 implements MigrationInterface {
  readonly name = 'BulkChange1766510002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table bulk_change (
        id          uuid primary key,
        action      text not null,
        status      text not null,
        terms       text not null,
        actor       text not null,
        administers boolean not null,
        created_at  timestamptz not null,
        finished_at timestamptz,
        position    uuid not null default '00000000-0000-0000-0000-000000000000'
      )`);
    await db.query(`
      create table bulk_row (
        bulk_id     uuid not null references bulk_change on delete cascade,
        line        int not null,
        identity_id uuid,
        package_id  text,
        ends_at     timestamptz,
        result      text not null,
        code        text,
        detail      text,
        primary key (bulk_id, line)
      )`);
    await db.query(
      `create index bulk_row_open on bulk_row (bulk_id, line) where result in ('unknown', 'would-change')`,
    );
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
