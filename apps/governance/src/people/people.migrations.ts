import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RecomputeJob1764200001000 implements MigrationInterface {
  readonly name = 'RecomputeJob1764200001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table recompute_job (
        id           uuid primary key,
        kind         text not null,
        changed      text not null,
        version      int not null,
        status       text not null,
        started_at   timestamptz not null,
        finished_at  timestamptz,
        position     uuid not null,
        checked      int not null default 0,
        touched      int not null default 0,
        gained       int not null default 0,
        lost         int not null default 0,
        continued_by uuid
      )`);
    await db.query(`create index recompute_job_running on recompute_job (id) where status = 'running'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
