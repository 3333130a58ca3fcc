import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What newest desired access follows from: the limit of removals distinguishes waves from single decisions. */
export class RemovalCauses1766800002000 implements MigrationInterface {
  readonly name = 'RemovalCauses1766800002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table desired add caused_by text not null default 'one'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
