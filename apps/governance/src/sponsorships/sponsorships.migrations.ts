import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who answers for which contractor, and until when. */
export class Sponsorship1766800001000 implements MigrationInterface {
  readonly name = 'Sponsorship1766800001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table sponsorship (
        identity_id uuid primary key,
        version     int not null,
        status      text not null,
        sponsor_id  uuid,
        ends_at     timestamptz,
        state       jsonb not null,
        fold        smallint not null
      )`);
    await db.query(`create index sponsorship_sponsor on sponsorship (sponsor_id) where status = 'open'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
