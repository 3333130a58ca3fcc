import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Leavers in the order of the decision. */
export class Receipts1766800001000 implements MigrationInterface {
  readonly name = 'Receipts1766800001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index desired_left on desired ((coalesce(decided_at, received_at)), identity_id, application)
      where body->>'status' = 'leaver'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
