import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Succession1766300004000 implements MigrationInterface {
  readonly name = 'Succession1766300004000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table succession (
        leaver_id    uuid primary key,
        status       text not null,
        items        jsonb not null,
        reports      int not null,
        sponsored    int not null,
        opened_at    timestamptz not null,
        successor_id uuid,
        closed_at    timestamptz
      )`);
    await db.query(`create index succession_status on succession (status, leaver_id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
