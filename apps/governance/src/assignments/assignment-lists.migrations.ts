import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The delivery once more, where it is one of the rare words: most assignments pass none of them on their way to `delivered`. So an index of
 * rows can have it, and an answer of an application that delivers writes no index.
 */
export class RareDeliveries1766900000000 implements MigrationInterface {
  readonly name = 'RareDeliveries1766900000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table assignment add rare_delivery text
      generated always as (case when delivery in ('failed', 'partial', 'manual') then delivery end) stored`);
    await db.query(
      `create index assignment_rare_delivery on assignment (rare_delivery, id) where rare_delivery is not null`,
    );
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
