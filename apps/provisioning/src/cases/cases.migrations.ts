import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people said about cases, and why accounts are parked without the words that vary. */
export class Cases1766800003000 implements MigrationInterface {
  readonly name = 'Cases1766800003000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table case_notes (
        id       text primary key,
        version  int not null,
        assignee uuid,
        comments int not null,
        fold     smallint not null
      )`);
    await db.query(`alter table desired add parked_cause text`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
