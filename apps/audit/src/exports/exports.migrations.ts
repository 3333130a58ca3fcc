import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was asked to be exported. A pack is made when it is fetched, so nothing personal lies here. */
export class ExportJob1764000101000 implements MigrationInterface {
  readonly name = 'ExportJob1764000101000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table export_job (
        id           uuid primary key,
        scope        text not null check (scope in ('identity', 'application')),
        scope_id     text not null,
        from_at      timestamptz not null,
        to_at        timestamptz not null,
        status       text not null check (status in ('running', 'completed', 'failed')),
        size         bigint not null,
        entries      int,
        error        text,
        requested_by text not null,
        requested_at timestamptz not null,
        finished_at  timestamptz
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
