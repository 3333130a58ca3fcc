import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rehearsals of connectors with a test identity. */
export class Rehearsals1767100022000 implements MigrationInterface {
  readonly name = 'Rehearsals1767100022000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table rehearsal (
        id          uuid primary key,
        connector   text not null,
        user_name   text not null,
        terms       jsonb not null,
        asked_by    text not null,
        asked_at    timestamptz not null,
        begun_at    timestamptz,
        status      text not null,
        steps       jsonb not null default '[]',
        left_over   text,
        finished_at timestamptz
      )`);
    await db.query(`create unique index rehearsal_open on rehearsal (connector) where status = 'running'`);
    await db.query(`create index rehearsal_newest on rehearsal (connector, asked_at desc, id desc)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
