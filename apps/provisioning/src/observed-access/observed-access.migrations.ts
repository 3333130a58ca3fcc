import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What readings showed of each person. */
export class ObservedAccess1766900001000 implements MigrationInterface {
  readonly name = 'ObservedAccess1766900001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table observed_access (
        connector   text not null,
        identity_id uuid not null,
        account_id  text,
        version     int not null,
        state       jsonb not null,
        fold        smallint not null,
        primary key (connector, identity_id)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
