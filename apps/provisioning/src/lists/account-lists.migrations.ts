import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The newest list of accounts that somebody uploaded, by connector. */
export class AccountLists1766900102000 implements MigrationInterface {
  readonly name = 'AccountLists1766900102000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table account_list (
        connector text primary key,
        version   int not null,
        as_of     timestamptz,
        whole     boolean not null,
        state     jsonb not null,
        fold      smallint not null
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
